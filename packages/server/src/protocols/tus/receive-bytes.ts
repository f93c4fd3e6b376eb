import type { Readable } from 'node:stream'
import { NO_HASHES, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { BodyDigest } from '../../operations/uploads/body-digest.ts'
import { createReceiver, type ReceivePlan } from '../../operations/uploads/receive-upload.ts'

/** Bytes of PATCH, or of POST at the offset 0. */
export interface BytesRequest {
  readonly offset: number
  /** Length of the upload that the request tells; null when it tells none. */
  readonly length: number | null
  readonly body: Readable
  /** Declared length of the body; null for a chunked one. */
  readonly bodyBytes: number | null
  readonly bodyDigest: BodyDigest | null
}

/** Appends the bytes of a request to the upload of a session URL. */
export const receiveBytes = createReceiver(planAppend)

/** Returns the offset of the upload of a session URL. Ends a running request first, so that the offset stays valid. */
export const queryOffset = createReceiver(planQuery)

/** tus has no refusals of its own: every outcome is one of the operation. */
function planAppend(_session: UploadSession, request: BytesRequest): ReceivePlan<never> {
  const { offset, length, body, bodyBytes, bodyDigest } = request
  return {
    kind: 'append',
    bytes: {
      start: offset,
      end: null,
      body,
      bodyBytes,
      totalBytes: length,
      hashes: NO_HASHES,
      bodyDigest,
      onDurable: null,
    },
    policy: { overlap: 'exact', quantumBytes: 1, completes: 'at-length', overrun: 'refuse' },
  }
}

function planQuery({ protocol }: UploadSession): ReceivePlan<never> {
  return {
    kind: 'query',
    hashes: NO_HASHES,
    totalBytes: null,
    // A crash may have come between the last byte and the object. An upload of the IETF protocol waits for its own end.
    completes: protocol !== 'ietf',
    fences: true,
  }
}
