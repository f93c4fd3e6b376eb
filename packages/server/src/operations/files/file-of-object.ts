import type { File } from '../../domain/files/file.ts'
import { base64ToHex, type ObjectChecksums } from '../../domain/uploads/checksums.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'

/** Returns the record of a file: the properties of its object, and the given ones. */
export function fileOfObject(
  object: ObjectMetadata,
  rest: Omit<
    File,
    | 'sizeBytes'
    | 'objectName'
    | 'generation'
    | keyof ObjectChecksums
    | 'crc32c'
    | 'damagedAtMs'
    | 'trashedAtMs'
  >,
): File {
  return {
    ...rest,
    sizeBytes: object.sizeBytes,
    objectName: object.name,
    generation: object.generation,
    crc32c: object.crc32c,
    md5: base64ToHex(object.md5),
    sha256: base64ToHex(object.sha256),
    damagedAtMs: null,
    trashedAtMs: null,
  }
}
