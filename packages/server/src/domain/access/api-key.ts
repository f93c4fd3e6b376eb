import { hash, randomBytes } from 'node:crypto'
import { toBase62 } from './base62.ts'

export const SCOPES = [
  'files:read',
  'files:write',
  'vector_stores:read',
  'vector_stores:write',
  'models:use',
  'admin',
] as const
export type Scope = (typeof SCOPES)[number]

export type ApiKeyState = 'active' | 'paused' | 'deactivated'
export type ApiKeyStateChange = 'activate' | 'deactivate' | 'pause' | 'unpause'

export interface ApiKey {
  readonly id: string
  readonly organizationId: string
  readonly name: string
  /** The first characters of the secret, by which a person recognizes it. */
  readonly prefix: string
  readonly scopes: readonly Scope[]
  readonly state: ApiKeyState
  /** The key that made this one; null when the operator did. */
  readonly createdBy: string | null
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
  readonly lastUsedAtMs: number | null
  /** Number of revocations of the key's sessions and links; see `KeyStamp`. */
  readonly generation: number
}

/** Newest keys that a key created directly, and the number of all of them. */
export interface CreatedKeys {
  readonly keys: readonly ApiKey[]
  readonly total: number
}

/**
 * Key that created a session or a link, with its generation at that time. A revocation increments the generation and
 * applies to every smaller one: concurrent creations are revoked, later ones are not.
 */
export interface KeyStamp {
  readonly apiKeyId: string
  readonly generation: number
}

/** Objects that are revoked together with a deleted or deactivated key. */
export interface Revocation {
  readonly endsSessions: boolean
  readonly revokesLinks: boolean
}

export const REVOKES_NOTHING: Revocation = { endsSessions: false, revokesLinks: false }

/** Returns the stamp for a session or link that the key creates now. */
export function stampOf({ id, generation }: Pick<ApiKey, 'id' | 'generation'>): KeyStamp {
  return { apiKeyId: id, generation }
}

/** Scopes of a key that is created without a list of scopes: all but the management of the organization's keys. */
export const DEFAULT_SCOPES: readonly Scope[] = SCOPES.filter((scope) => scope !== 'admin')

const SECRET_PREFIX = 'oak_live_'
const PREFIX_LENGTH = 13

/** Returns a new secret: `oak_live_` and 43 base62 digits with 256 random bits. It is shown once and never stored. */
export function createSecret(): string {
  return SECRET_PREFIX + toBase62(randomBytes(32))
}

export function secretPrefix(secret: string): string {
  return secret.slice(0, PREFIX_LENGTH)
}

/**
 * Returns the SHA-256 of a secret in hex, which is stored and looked up instead of the secret. An unsalted hash is
 * enough, because 256 random bits cannot be guessed. A look-up by hash reveals nothing about the secret by its timing.
 */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex')
}

/** Returns true when the scopes include `scope`; `admin` implies every other. */
export function hasScope({ scopes }: Pick<ApiKey, 'scopes'>, scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes('admin')
}

/** Returns true when the key is active and has not expired. */
export function isUsable({ state, expiresAtMs }: ApiKey, nowMs: number): boolean {
  return state === 'active' && (expiresAtMs === null || nowMs < expiresAtMs)
}

/** Returns the state after a change. A deactivated key stays deactivated when it is paused or unpaused. */
export function changedState(state: ApiKeyState, change: ApiKeyStateChange): ApiKeyState {
  if (change === 'activate') return 'active'
  if (change === 'deactivate' || state === 'deactivated') return 'deactivated'
  return change === 'pause' ? 'paused' : 'active'
}

/**
 * Returns true when a change would leave the organization without a usable admin key, or without a usable admin key that
 * does not expire: keys that all expire would lock the organization out later, unnoticed. `changed` is null when the key
 * is deleted. Call it in the transaction of the change, with the other keys as that transaction sees them.
 */
export function takesLastAdmin(
  key: ApiKey,
  changed: ApiKey | null,
  others: readonly ApiKey[],
  nowMs: number,
): boolean {
  const isAdmin = (candidate: ApiKey) => hasScope(candidate, 'admin') && isUsable(candidate, nowMs)
  const isLasting = (candidate: ApiKey) => isAdmin(candidate) && candidate.expiresAtMs === null
  return [isAdmin, isLasting].some(
    (isOne) => isOne(key) && !(changed && isOne(changed)) && !others.some(isOne),
  )
}
