/**
 * Resolves or rejects as `promise` does. Rejects with the error of `toError` when `promise` is still pending after
 * `timeoutMs`. The work behind `promise` is not cancelled; its result is ignored.
 */
export async function withDeadline<T>(
  timeoutMs: number,
  promise: Promise<T>,
  toError: () => Error = () => new Error(`no response within ${timeoutMs} ms`),
): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(toError()), timeoutMs)
  try {
    return await Promise.race([promise, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
