/**
 * Resolves or rejects as `promise` does. Rejects with the error that `toError` returns when `promise` is still pending
 * after `timeoutMs`; it goes on, and its result is lost.
 */
export async function withDeadline<T>(
  timeoutMs: number,
  promise: Promise<T>,
  toError: () => Error = () => new Error(`no answer within ${timeoutMs} ms`),
): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(toError()), timeoutMs)
  try {
    return await Promise.race([promise, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
