import type { TokenClaims } from '../domain/access/user.ts'

/** Verifies the tokens of the OpenID Connect provider that the operator has named. */
export interface TokenVerifier {
  readonly signIn: SignInFacts
  /** Returns the origins that a page connects to when a user signs in there. */
  pageOrigins(): Promise<readonly string[]>
  /** True when the provider decides about the members of organizations. */
  readonly managesMembers: boolean
  /**
   * Returns what a token says about its user. Throws TOKEN_INVALID, TOKEN_EXPIRED, and SERVICE_UNAVAILABLE when the keys
   * of the provider cannot be read.
   */
  verify(token: string): Promise<TokenClaims>
}

/** Facts that a client needs to get a token. */
export interface SignInFacts {
  readonly issuer: string
  readonly clientId: string
  /** Kind of the provider's tokens that is verified here. */
  readonly token: 'id_token' | 'access_token'
  /** Audience to ask the provider for; null for ID tokens. */
  readonly audience: string | null
}
