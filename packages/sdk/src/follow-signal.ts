/** A controller that is aborted when the followed signal is, with the same reason, until `unfollow` is called. */
export interface Follower {
  readonly controller: AbortController
  unfollow(): void
}

export function followSignal(signal: AbortSignal | undefined): Follower {
  const controller = new AbortController()
  const onAbort = () => controller.abort(signal?.reason)
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  return { controller, unfollow: () => signal?.removeEventListener('abort', onAbort) }
}
