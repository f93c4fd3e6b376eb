import type { Gcs } from './gcs.ts'
import { isNoObject, isOtherVersion } from './google-fault.ts'
import { statGcsObject } from './stat-gcs-object.ts'

/** See `ObjectStorage.remove`. Without a generation, the one that stands: what comes after it is somebody else's. */
export async function removeGcsObject(gcs: Gcs, name: string, generation: string | null): Promise<void> {
  const { google, calls, prefix } = gcs
  const ifGenerationMatch = generation ?? (await statGcsObject(gcs, name))?.generation
  if (ifGenerationMatch === undefined) return
  await calls.run('storage.objects.delete', async () => {
    try {
      // With its generation it goes for good, also where the bucket keeps old versions.
      const file = google.bucket.file(prefix + name, { generation: ifGenerationMatch })
      await file.delete({ ifGenerationMatch })
    } catch (error) {
      if (!isNoObject(error) && !isOtherVersion(error)) throw error
    }
  })
}
