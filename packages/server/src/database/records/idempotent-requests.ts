/** Requests with an idempotency key, and their responses. */
export interface IdempotentRequestRecords {
  /**
   * Begins a request. Returns null when it is the first one with its key; an earlier one counts until `forgetBeforeMs`
   * and, without a response, until its lease ends. Returns the earlier one otherwise.
   */
  begin(
    organizationId: string,
    request: NewIdempotentRequest,
    forgetBeforeMs: number,
  ): Promise<IdempotentRequest | null>
  /** Extends the lease of a request that runs. Does nothing when another one has taken its place. */
  renew(organizationId: string, request: NewIdempotentRequest, leaseUntilMs: number): Promise<void>
  /** Stores the response of a request that began at this time. Does nothing when another one has taken its place. */
  complete(organizationId: string, request: NewIdempotentRequest, response: string): Promise<void>
  /** Removes a request without a response, so that a later one with its key is the first. */
  abandon(organizationId: string, request: NewIdempotentRequest): Promise<void>
  /** Removes at most `limit` requests of all organizations that began before `beforeMs`; returns their number. */
  forget(beforeMs: number, limit: number): Promise<number>
}

export interface NewIdempotentRequest {
  readonly keySha256: string
  readonly fingerprint: string
  readonly beganAtMs: number
  readonly leaseUntilMs: number
}

export interface IdempotentRequest {
  readonly fingerprint: string
  /** Absent, as null, while the request runs. */
  readonly response: string | null
}
