import type { ApiKey, ApiKeyStateChange, Revocation, Scope } from '../../domain/access/api-key.ts'
import type { Page, PageRequest } from './page.ts'

/** An organization keeps at least one admin key that is usable at `nowMs`, whatever is changed at once. */
export interface ApiKeyRecords {
  /** Returns false when there is no such organization, or `createdBy` is no longer an active key of it. */
  create(organizationId: string, key: NewApiKey): Promise<boolean>
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
  /** From now on the key is found by this secret and no more by the one before. */
  replaceSecret(
    organizationId: string,
    keyId: string,
    secret: Pick<NewApiKey, 'prefix' | 'secretSha256'>,
  ): Promise<ApiKey | null>
  /** Deletes and revokes in one transaction, so that no session or key that is created concurrently escapes. */
  delete(
    organizationId: string,
    keyId: string,
    nowMs: number,
    revocation?: Revocation,
  ): Promise<ApiKeyOutcome>
  /** Notes that the key was used, unless that was noted after `unlessAfterMs`. */
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

export interface CreatedKeys {
  readonly keys: readonly ApiKey[]
  readonly total: number
}

export type ApiKeyOutcome =
  /** The key as it is afterwards, or was before it was deleted. */
  | { readonly kind: 'done'; readonly key: ApiKey }
  | { readonly kind: 'not-found' }
  /** Nothing was changed: it would have left the organization without a usable admin key. */
  | { readonly kind: 'last-admin' }
