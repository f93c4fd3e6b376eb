import type { Gcs } from './gcs.ts'
import { isMissingObject, isPreconditionFailed } from './google-fault.ts'
import { statGcsObject } from './stat-gcs-object.ts'

/** See `ObjectStorage.remove`. Without a generation, removes the current one, and not one that is created meanwhile. */
export async function removeGcsObject(gcs: Gcs, name: string, generation: string | null): Promise<void> {
  const { google, calls, prefix } = gcs
  const ifGenerationMatch = generation ?? (await statGcsObject(gcs, name))?.generation
  if (ifGenerationMatch === undefined) return
  await calls.run('storage.objects.delete', async () => {
    try {
      // A delete with a generation is permanent, also in a bucket with object versioning.
      const file = google.bucket.file(prefix + name, { generation: ifGenerationMatch })
      await file.delete({ ifGenerationMatch })
    } catch (error) {
      if (!isMissingObject(error) && !isPreconditionFailed(error)) throw error
    }
  })
}
