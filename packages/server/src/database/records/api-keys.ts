import type {
  ApiKey,
  ApiKeyStateChange,
  CreatedKeys,
  Revocation,
  Scope,
} from '../../domain/access/api-key.ts'
import type { Page, PageRequest } from '../../domain/page.ts'

/** Concurrent changes always leave an organization at least one admin key that is usable at `nowMs`. */
export interface ApiKeyRecords {
  /**
   * Returns false when there is no such organization, `createdBy` is no longer an active key of it, or the user who
   * creates the key may no longer do so.
   */
  create(organizationId: string, key: NewApiKey, userId?: string | null): Promise<boolean>
  find(organizationId: string, keyId: string): Promise<ApiKey | null>
  /** Newest first. */
  list(organizationId: string, page: PageRequest): Promise<Page<ApiKey>>
  /** Returns the newest `limit` keys that the key created, and their total number. */
  listCreatedBy(organizationId: string, keyId: string, limit: number): Promise<CreatedKeys>
  update(
    organizationId: string,
    keyId: string,
    changes: Partial<Pick<ApiKey, 'name' | 'scopes' | 'expiresAtMs'>>,
    nowMs: number,
  ): Promise<ApiKeyOutcome>
  setState(
    organizationId: string,
    keyId: string,
    change: ApiKeyStateChange,
    nowMs: number,
    revocation?: Revocation,
  ): Promise<ApiKeyOutcome>
  /** Replaces the secret: the old one no longer finds the key. Returns null when there is no such key. */
  replaceSecret(
    organizationId: string,
    keyId: string,
    secret: Pick<NewApiKey, 'prefix' | 'secretSha256'>,
  ): Promise<ApiKey | null>
  /** Replaces the id of the S3 credentials; null ends them. Returns null when there is no such key. */
  setS3AccessKeyId(organizationId: string, keyId: string, accessKeyId: string | null): Promise<ApiKey | null>
  /** Deletes and revokes in one transaction, so that no session or key that is created concurrently escapes. */
  delete(
    organizationId: string,
    keyId: string,
    nowMs: number,
    revocation?: Revocation,
  ): Promise<ApiKeyOutcome>
  /** Records the last use of the key, unless the recorded one is later than `unlessAfterMs`. */
  touch(organizationId: string, keyId: string, nowMs: number, unlessAfterMs: number): Promise<void>
}

export interface NewApiKey {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly secretSha256: string
  readonly scopes: readonly Scope[]
  readonly createdBy: string | null
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
}

export type ApiKeyOutcome =
  /** `key` is the changed key, or the deleted one. */
  | { readonly kind: 'done'; readonly key: ApiKey }
  | { readonly kind: 'not-found' }
  /** Refused: the change would leave the organization without a usable admin key. */
  | { readonly kind: 'last-admin' }
