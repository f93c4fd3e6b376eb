/**
 * Yields the body of a response in pieces, and cancels it when the reader stops early. Throws the reason of an aborted
 * signal; otherwise, when the body is cut off, the error that `lostError` makes of the cause.
 */
export async function* piecesOf(
  { body }: Response,
  signal: AbortSignal | undefined,
  lostError: (cause: unknown) => Error,
): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  try {
    for (;;) {
      const read = await reader?.read().catch((cause) => {
        signal?.throwIfAborted()
        throw lostError(cause)
      })
      if (read === undefined || read.done) return
      yield read.value
    }
  } finally {
    await reader?.cancel().catch(() => {})
  }
}
