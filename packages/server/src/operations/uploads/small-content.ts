import { SMALL_BODY_BYTES } from '../../domain/uploads/small-body.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { inspectStored } from '../files/inspect-content.ts'

/** Collects the bytes of a body that is probably the whole of a small upload. */
export interface SmallContent {
  add(bytes: Uint8Array): void
  /** Notes the type of the object when its bytes are those that were collected. */
  noteFor(context: Pick<Context, 'contents'>, object: ObjectMetadata): Promise<void>
}

/** Returns null for a body that is not the beginning of an upload, or too long. */
export function collectSmall(start: number, bodyBytes: number | null): SmallContent | null {
  if (start > 0 || bodyBytes === null || bodyBytes > SMALL_BODY_BYTES) return null
  const pieces: Buffer[] = []
  let length = 0
  return {
    add: (piece) => {
      length += piece.length
      // A copy, because the storage releases the memory of the piece. A body may be longer than it declares.
      if (length <= bodyBytes) pieces.push(Buffer.from(piece))
    },
    noteFor: async ({ contents }, object) => {
      if (length !== bodyBytes || length !== object.sizeBytes) return
      contents.add(object, await inspectStored(Buffer.concat(pieces, length)))
    },
  }
}
