import { findObject, removeFacts } from './object-facts.ts'
import { keyOf } from './object-key.ts'
import type { S3 } from './s3.ts'

/**
 * See `ObjectStorage.remove`. Names are not used again, so nothing else is created meanwhile. The object is removed
 * last: an inventory shows what remains of an interrupted removal.
 */
export async function removeS3Object(s3: S3, name: string, generation: string | null): Promise<void> {
  if (generation !== null) {
    const found = await findObject(s3, name)
    if (found !== null && found.facts.generation !== generation) return
  }
  await removeFacts(s3, name)
  await s3.bucket.remove(keyOf(name))
}
