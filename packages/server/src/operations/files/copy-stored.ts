import { ServiceError } from '../../domain/errors.ts'
import type { File } from '../../domain/files/file.ts'
import type { ObjectMetadata, UploadSpec } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'

/**
 * Creates an object with the bytes of a File. Returns null, and leaves nothing, when these bytes are gone or damaged.
 * Throws as `ObjectStorage.copy`.
 */
export async function copyStored(
  { storage }: Pick<Context, 'storage'>,
  spec: UploadSpec,
  source: File,
): Promise<ObjectMetadata | null> {
  const from = { name: source.objectName, generation: source.generation }
  const object = await unlessDamaged(() => storage.copy(spec, from))
  if (object === null) return null
  if (object.crc32c === source.crc32c && object.sizeBytes === source.sizeBytes) return object
  await storage.remove(object.name, object.generation)
  return null
}

/**
 * Returns the result of the work, which reads the bytes of a File; null when they are damaged, or another request has
 * removed them.
 */
export async function unlessLost<Result>(
  { storage }: Pick<Context, 'storage'>,
  { objectName, generation }: Pick<File, 'objectName' | 'generation'>,
  work: () => Promise<Result | null>,
): Promise<Result | null> {
  try {
    return await unlessDamaged(work)
  } catch (error) {
    const object = await storage.stat(objectName)
    if (object?.generation !== generation) return null
    throw error
  }
}

/** Returns the result of the work; null when a read finds damaged bytes. */
export async function unlessDamaged<Result>(work: () => Promise<Result | null>): Promise<Result | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'OBJECT_DAMAGED') return null
    throw error
  }
}
