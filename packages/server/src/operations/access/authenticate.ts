import type { ApiKeyCredential } from '../../database/records/credentials.ts'
import { type ApiKey, hashSecret, isUsable, type KeyStamp } from '../../domain/access/api-key.ts'
import { type Caller, callerOfKey, type RequestFacts } from '../../domain/access/caller.ts'
import { type ErrorCode, ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { organizationSuspended } from '../organizations/organization-suspended.ts'

type AuthContext = Pick<Context, 'database' | 'log' | 'now'>

/** Minimum time between two updates of the `last_used_at` of a key, to limit writes. */
const TOUCH_EVERY_MS = 60_000
/** Longer than every secret of this service. Longer input is not hashed, so that clients cannot cause that work. */
const MAX_SECRET_LENGTH = 256

/**
 * Returns the caller whose API key has this secret. Calls `onKnown` with the caller of an existing key before the
 * state of the key is checked.
 * Throws AUTHENTICATION_REQUIRED, INVALID_API_KEY, API_KEY_EXPIRED, API_KEY_PAUSED, API_KEY_DEACTIVATED,
 * ORGANIZATION_ACCESS_DENIED when the organization is suspended.
 */
export async function authenticate(
  context: AuthContext,
  secret: string | null,
  request: RequestFacts,
  onKnown: (caller: Caller) => void = () => {},
): Promise<Caller> {
  if (secret === null) {
    throw new ServiceError('AUTHENTICATION_REQUIRED', 'send the key as X-API-Key or as a Bearer token')
  }
  const key = await findKey(context, secret)
  if (key === null) throw new ServiceError('INVALID_API_KEY', 'no key has this secret')
  return admitKey(context, key, request, onKnown)
}

/**
 * Returns the caller of a key that its client has proved to have. Calls `onKnown` before the state of the key is checked.
 * Throws API_KEY_EXPIRED, API_KEY_PAUSED, API_KEY_DEACTIVATED, ORGANIZATION_ACCESS_DENIED.
 */
export async function admitKey(
  context: AuthContext,
  key: ApiKeyCredential,
  request: RequestFacts,
  onKnown: (caller: Caller) => void,
): Promise<Caller> {
  const caller = callerOfKey(key, request)
  onKnown(caller)
  const nowMs = context.now()
  checkUsable(key, nowMs)
  if (!key.isOrganizationActive) throw organizationSuspended()
  if (isUseDue(key, nowMs)) await recordUse(context, key, nowMs)
  return caller
}

async function findKey({ database }: AuthContext, secret: string): Promise<ApiKeyCredential | null> {
  if (secret.length > MAX_SECRET_LENGTH) return null
  return database.credentials.findApiKey(hashSecret(secret))
}

/**
 * Returns a key as it is now. Throws the errors of `checkUsable`, and API_KEY_DEACTIVATED when it was deactivated since its
 * stamp, of which `event` tells the time.
 */
export async function findStampedKey(
  { database, now }: Pick<Context, 'database' | 'now'>,
  organizationId: string,
  { apiKeyId, generation }: KeyStamp,
  event: string,
): Promise<ApiKey> {
  const key = await database.apiKeys.find(organizationId, apiKeyId)
  checkUsable(key, now())
  if (key.generation === generation) return key
  throw new ServiceError('API_KEY_DEACTIVATED', `the key was deactivated after ${event}`)
}

/** Throws INVALID_API_KEY for null, and the error of its state for a key that is not active. */
export function checkUsable<Key extends ApiKey>(key: Key | null, nowMs: number): asserts key is Key {
  if (key === null) throw new ServiceError('INVALID_API_KEY', 'no key has this secret')
  const problem = keyProblem(key, nowMs)
  if (problem) throw new ServiceError(problem, `the key ${key.id} cannot be used`)
}

function keyProblem(key: ApiKey, nowMs: number): ErrorCode | null {
  if (key.state === 'deactivated') return 'API_KEY_DEACTIVATED'
  if (key.state === 'paused') return 'API_KEY_PAUSED'
  return isUsable(key, nowMs) ? null : 'API_KEY_EXPIRED'
}

function isUseDue({ lastUsedAtMs }: ApiKey, nowMs: number): boolean {
  return lastUsedAtMs === null || lastUsedAtMs <= nowMs - TOUCH_EVERY_MS
}

/** Updates the key's `last_used_at`. A failure is logged, because the key is valid. */
async function recordUse({ database, log }: AuthContext, key: ApiKey, nowMs: number): Promise<void> {
  try {
    await database.apiKeys.touch(key.organizationId, key.id, nowMs, nowMs - TOUCH_EVERY_MS)
  } catch (error) {
    log.warn({ err: error, key_id: key.id }, 'the last use of a key could not be recorded')
  }
}
