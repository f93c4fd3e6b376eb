import type { SignInFacts } from '../../identity/token-verifier.ts'
import type { Context } from '../context.ts'

/** Returns what a client needs to sign in; null when this service has only keys. Needs no permission. */
export function getSignIn({ tokenVerifier }: Pick<Context, 'tokenVerifier'>): SignInFacts | null {
  return tokenVerifier?.signIn ?? null
}
