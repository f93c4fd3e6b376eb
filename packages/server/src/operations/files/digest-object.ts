import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { type ChecksumAlgorithm, NO_CHECKSUMS, type ObjectChecksums } from '../../domain/uploads/checksums.ts'
import type { ObjectStorage } from '../../storage/object-storage.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'

/** Returns the object's checksums in base64; reads the object once for each. Throws as `ObjectStorage.read`. */
export async function digestObject(
  storage: ObjectStorage,
  { name, generation }: Pick<ObjectMetadata, 'name' | 'generation'>,
  algorithms: readonly ChecksumAlgorithm[],
): Promise<ObjectChecksums> {
  const checksums: Record<ChecksumAlgorithm, string | null> = { ...NO_CHECKSUMS }
  for (const algorithm of algorithms) {
    const hash = createHash(algorithm)
    await pipeline(await storage.read(name, undefined, generation), hash)
    checksums[algorithm] = hash.digest('base64')
  }
  return checksums
}
