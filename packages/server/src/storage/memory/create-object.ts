import { mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import { type AnnouncedHashes, hashAlgorithmsOf } from '../../domain/uploads/upload-session.ts'
import { crc32c, crc32cToBase64 } from '../../platform/crc32c.ts'
import { findMismatch } from '../find-mismatch.ts'
import { createGeneration } from '../generation.ts'
import type { Completed } from '../part-uploads.ts'
import { createRunningDigests } from '../running-digests.ts'
import type { UploadSpec } from '../stored-object.ts'

/** Compares the bytes with the announced checksums, and returns the metadata of their object. */
export function createObject(
  { name, contentType, checksums = [] }: UploadSpec,
  bytes: Buffer,
  expected: AnnouncedHashes,
): Extract<Completed, { kind: 'object' | 'mismatch' }> {
  const digests = createRunningDigests(mergeAlgorithms(checksums, hashAlgorithmsOf(expected)))
  digests.update(bytes)
  const computed = { crc32c: crc32cToBase64(crc32c(bytes)), ...digests.current() }
  const mismatch = findMismatch(expected, computed)
  if (mismatch) return mismatch
  const { md5 = null, sha256 = null } = computed
  return {
    kind: 'object',
    object: {
      name,
      contentType,
      sizeBytes: bytes.length,
      crc32c: computed.crc32c,
      md5,
      sha256,
      ...createGeneration(),
    },
  }
}
