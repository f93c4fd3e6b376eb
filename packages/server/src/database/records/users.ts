import type { SignedInUser, TokenClaims } from '../../domain/access/user.ts'

/** Persons who have signed in, in all organizations. */
export interface UserRecords {
  /** Returns the user of a token. `invitedEmail` is the verified address in it; null when it has none. */
  findByIdentity(issuer: string, subject: string, invitedEmail: string | null): Promise<KnownUser | null>
  find(userId: string): Promise<SignedInUser | null>
  /**
   * Records what a valid token says, and makes the user a member where the verified address is invited, or where the
   * provider says so. A token that is older than the newest known one changes nothing.
   */
  signIn(claims: TokenClaims, newUserId: string, nowMs: number): Promise<SignedInUser>
}

export interface KnownUser extends SignedInUser {
  /** True when an organization has an invitation for the address. */
  readonly isInvited: boolean
}
