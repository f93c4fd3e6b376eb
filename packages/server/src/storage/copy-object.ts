import { NO_HASHES } from '../domain/uploads/upload-session.ts'
import type { HostedStorage } from './object-storage.ts'
import type { ObjectMetadata, UploadSpec } from './stored-object.ts'

const PART_ID = 'copy'

/**
 * Creates a copy as an upload of one part, which shares the stored bytes of the other object. See
 * `ObjectStorage.copy`.
 */
export async function copyObject(
  { parts, stat, uploads }: Pick<HostedStorage, 'parts' | 'stat' | 'uploads'>,
  spec: UploadSpec,
  sourceName: string,
): Promise<ObjectMetadata | null> {
  const isMissing = async () => (await stat(sourceName)) === null
  if (await isMissing()) return null
  try {
    // Refused when an earlier call was stopped in its completion, or has completed: then that part is the copy.
    await parts.link({ name: spec.name, partId: PART_ID }, sourceName)
    const completed = await parts.complete(spec, [{ partId: PART_ID, version: null }], NO_HASHES)
    return completed.kind === 'object' ? completed.object : null
  } catch (error) {
    // The other object may have been removed since it was found; its bytes are then only as complete as the part.
    if (!(await isMissing())) throw error
    await uploads.cancel(spec.name)
    return null
  }
}
