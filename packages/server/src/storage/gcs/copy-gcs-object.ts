import type { ObjectMetadata, UploadSpec } from '../stored-object.ts'
import { checkKey } from './check-key.ts'
import type { Gcs } from './gcs.ts'
import { isMissingObject, isPreconditionFailed } from './google-fault.ts'
import { statGcsObject } from './stat-gcs-object.ts'

/**
 * See `ObjectStorage.copy`. Google copies the bytes, and without a transfer in the same bucket:
 * https://cloud.google.com/storage/docs/json_api/v1/objects/rewrite
 */
export async function copyGcsObject(
  gcs: Gcs,
  { name, contentType }: UploadSpec,
  source: Pick<ObjectMetadata, 'name' | 'generation'>,
): Promise<ObjectMetadata | null> {
  const { google, calls, prefix } = gcs
  checkKey(prefix + name)
  const isCopied = await calls.run('storage.objects.create', async () => {
    try {
      const file = google.bucket.file(prefix + source.name, { generation: source.generation })
      const target = google.bucket.file(prefix + name)
      await file.copy(target, { contentType, preconditionOpts: { ifGenerationMatch: 0 } })
      return true
    } catch (error) {
      if (isMissingObject(error)) return false
      // An earlier attempt has created the object, and its response was lost.
      if (isPreconditionFailed(error)) return true
      throw error
    }
  })
  return isCopied ? statGcsObject(gcs, name) : null
}
