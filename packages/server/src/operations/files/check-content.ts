import { ServiceError } from '../../domain/errors.ts'
import { detectedType, judgeContent, shownType } from '../../domain/files/content-type/judge-content.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { inspectContent } from './inspect-content.ts'

/**
 * Returns the type that the signature of the stored bytes shows; null when there is none. An empty file is of every type.
 * `content` has these bytes if they are in memory.
 * Throws FILE_TYPE_MISMATCH when the bytes contradict their declared type.
 */
export async function checkContent(
  context: Pick<Context, 'storage' | 'contents'>,
  object: ObjectMetadata,
  declared: string,
  content: Buffer | null = null,
): Promise<string | null> {
  if (object.sizeBytes === 0) return null
  const evidence = await inspectContent(context, object, content)
  if (judgeContent(declared, evidence) !== 'contradicted') return detectedType(declared, evidence)
  const details = { declared, detected: shownType(evidence) }
  throw new ServiceError('FILE_TYPE_MISMATCH', `the bytes are not of type ${declared}`, details)
}

/** Throws CHECKSUM_MISMATCH when the caller's CRC-32C of the bytes, in base64, differs from the stored one. */
export function checkChecksum(object: { readonly crc32c: string }, crc32c: string | null): void {
  if (crc32c === null || crc32c === object.crc32c) return
  throw new ServiceError('CHECKSUM_MISMATCH', 'crc32c does not match the uploaded bytes', {
    provided: crc32c,
    calculated: object.crc32c,
  })
}
