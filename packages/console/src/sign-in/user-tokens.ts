/** Tokens of a user, which exist only in the memory of the page. */
export interface UserTokens {
  /** Returns the token for the service, renewed when it is about to end. Rejects when it cannot be renewed. */
  current(): Promise<string>
  /** Revokes what could renew the token. */
  forget(): void
  /** Page of the provider that ends the user's session there, and then returns to the console; null for none. */
  readonly signOutUrl: string | null
}

/** The token has ended, and there is no other one without the user. */
export class ExpiredSignInError extends Error {
  constructor(options?: ErrorOptions) {
    super('Your sign-in has ended.', options)
  }
}
