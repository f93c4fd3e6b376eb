import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { BodyRoom } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'

/** Reservation of a session while the body of one request arrives. */
export interface SessionRoom {
  /** Reserves the declared length of the body, or a first step. Returns false when the quota does not allow the length. */
  open(): Promise<boolean>
  /** Space for a body without a declared length, which grows in steps; null when all of it is reserved. */
  readonly body: BodyRoom | null
  /** Returns the largest offset that is reserved. */
  reservedOffset(): number
  /** Returns true when the quota did not allow more bytes. */
  isExhausted(): boolean
}

const STEP_BYTES = 16 * 1024 * 1024

/**
 * Creates the reservation of a body that begins at `start`. A session with a known length has reserved all of it. A
 * session without one reserves before the body, or in steps while it arrives.
 */
export function createSessionRoom(
  { database }: Pick<Context, 'database'>,
  { organizationId, fileId, sizeBytes, reservedBytes: initialBytes }: UploadSession,
  { start, bodyBytes }: { readonly start: number; readonly bodyBytes: number | null },
): SessionRoom {
  let reservedBytes = initialBytes
  let isExhausted = false

  /** Raises the reservation to a multiple of the step, at least to `neededBytes`. */
  const raise = async (neededBytes: number): Promise<boolean> => {
    const wantedBytes = Math.ceil(neededBytes / STEP_BYTES) * STEP_BYTES
    const request = { neededBytes, wantedBytes }
    reservedBytes = await database.uploadSessions.reserve(organizationId, fileId, request)
    isExhausted = reservedBytes < neededBytes
    return !isExhausted
  }

  const isStepwise = sizeBytes === null && bodyBytes === null
  return {
    open: async () => {
      if (sizeBytes !== null) return true
      if (bodyBytes !== null) return start + bodyBytes <= reservedBytes || raise(start + bodyBytes)
      // The body may be empty, so that it needs no space.
      if (start >= reservedBytes) await raise(start + 1)
      return true
    },
    body: isStepwise ? { bytes: () => reservedBytes - start, grow: () => raise(reservedBytes + 1) } : null,
    reservedOffset: () => (isStepwise ? reservedBytes : Number.MAX_SAFE_INTEGER),
    isExhausted: () => isExhausted,
  }
}
