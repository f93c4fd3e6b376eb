import type { Readable } from 'node:stream'
import { type AnnouncedHashes, NO_HASHES, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { AppendRequest } from '../../operations/uploads/append-to-upload.ts'
import { createReceiver, type ReceivePlan } from '../../operations/uploads/receive-upload.ts'
import { ALGORITHMS, type FieldDigest } from './digest-fields.ts'

/** A request that sends bytes to an upload. */
export interface AppendInput {
  readonly offset: number
  /** True when the end of the body is the end of the upload. */
  readonly isComplete: boolean
  /** Length of the upload that the request tells; null for none. */
  readonly totalBytes: number | null
  readonly body: Readable
  /** Length of the body; null when only its end shows it. */
  readonly bodyBytes: number | null
  readonly contentDigests: readonly FieldDigest[]
  readonly hashes: AnnouncedHashes
  /** Called with the durable offset while the body arrives; null to ignore it. */
  readonly onDurable: ((offset: number) => void) | null
}

/** Appends the body of a request at exactly its offset. */
export const append = createReceiver(planAppend)

/**
 * Finds the offset of an upload. A request that still appends ends first, because the returned offset must be accepted
 * by the next append (draft -11, section "Concurrency").
 */
export const retrieveOffset = createReceiver(
  (): ReceivePlan<never> => ({
    kind: 'query',
    hashes: NO_HASHES,
    totalBytes: null,
    completes: false,
    fences: true,
  }),
)

function planAppend(_session: UploadSession, input: AppendInput): ReceivePlan<never> {
  const { offset, isComplete, contentDigests, ...rest } = input
  return {
    kind: 'append',
    bytes: { ...rest, start: offset, end: null, bodyDigest: bodyDigestOf(contentDigests) },
    policy: {
      overlap: 'exact',
      quantumBytes: 1,
      // An offset equal to the length completes nothing: only the client says that the upload is complete.
      completes: isComplete ? 'at-end' : 'never',
      overrun: 'fail',
    },
  }
}

function bodyDigestOf(digests: readonly FieldDigest[]): AppendRequest['bodyDigest'] {
  if (digests.length === 0) return null
  const expected = Object.fromEntries(digests.map(({ algorithm, base64 }) => [ALGORITHMS[algorithm], base64]))
  return { algorithms: digests.map(({ algorithm }) => ALGORITHMS[algorithm]), expected: () => expected }
}
