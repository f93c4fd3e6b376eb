import type { TokenSession } from './provider.ts'

/** Time before its end at which a token is renewed. */
const EARLY_MS = 30_000

export interface SessionStore {
  /** Returns the stored session, which another command may have renewed; null when the login has been removed or replaced. */
  read(): Promise<TokenSession | null>
  /** Stores the session, unless the login has been removed or replaced. */
  write(session: TokenSession): Promise<void>
}

/**
 * Returns a function that returns the present token, and renews and stores it before it ends. A login that has been
 * removed or replaced meanwhile is neither renewed nor stored again.
 */
export function createTokenSource(first: TokenSession, store: SessionStore): () => Promise<string> {
  let session = first
  let renewing: Promise<void> | null = null

  const renew = async (): Promise<void> => {
    const stored = await store.read()
    if (stored === null)
      throw new Error('the login of this command has been removed or replaced, and its sign-in has ended.')
    if (isFresh(stored)) {
      session = stored
      return
    }
    const { refreshSession } = await import('./provider.ts')
    // A refresh token may be valid once: the newest stored one counts.
    session = await refreshSession(stored)
    await store.write(session)
  }

  return async () => {
    if (!isFresh(session)) {
      renewing ??= renew().finally(() => {
        renewing = null
      })
      await renewing
    }
    return session.bearer
  }
}

function isFresh({ expiresAtMs }: TokenSession): boolean {
  return Date.now() < expiresAtMs - EARLY_MS
}
