import { SMALL_BODY_BYTES } from '../../domain/uploads/small-body.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { inspectStored } from '../files/inspect-content.ts'

/** Collects the bytes of a body that is probably the whole of a small upload. */
export interface SmallContent {
  add(bytes: Uint8Array): void
  /** Notes the type of an object that the writer of this body created: it has the same bytes if it has as many. */
  noteFor(object: ObjectMetadata): Promise<void>
  /** Releases the memory; call it once. */
  release(): void
}

/** Returns null for a body that is too long, and when other bodies use up the memory. */
export function collectSmall(
  { contents }: Pick<Context, 'contents'>,
  bodyBytes: number,
): SmallContent | null {
  if (bodyBytes > SMALL_BODY_BYTES || !contents.reserve(bodyBytes)) return null
  const buffer = Buffer.allocUnsafeSlow(bodyBytes)
  let length = 0
  return {
    // A copy, because the storage releases the memory of the bytes. A body may be longer than it declares.
    add: (bytes) => {
      if (length < bodyBytes) buffer.set(bytes.subarray(0, bodyBytes - length), length)
      length += bytes.length
    },
    noteFor: async (object) => {
      if (length !== bodyBytes || length !== object.sizeBytes) return
      contents.add(object, await inspectStored(buffer))
    },
    release: () => contents.release(bodyBytes),
  }
}
