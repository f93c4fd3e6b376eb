import { type ApiKey, changedState, hasScope, isUsable } from '../../domain/api-key.ts'
import type { ApiKeyOutcome, ApiKeyRecords, NewApiKey } from '../database.ts'
import { readPage } from './pages.ts'
import { toApiKey } from './rows.ts'
import type { Parameters, Statements } from './statements.ts'

export const FIND_API_KEY = 'SELECT * FROM api_keys WHERE organization_id = $organizationId AND id = $keyId'

/** Another usable admin key, one that lasts where there is one: no more of them matter. */
export const OTHER_ADMIN_KEY = `SELECT * FROM api_keys
  WHERE organization_id = $organizationId AND id <> $keyId AND state = 'active' AND scopes LIKE '%admin%'
    AND (expires_at_ms IS NULL OR expires_at_ms > $nowMs)
  ORDER BY expires_at_ms IS NULL DESC LIMIT 1`

export const DELETE_API_KEY = 'DELETE FROM api_keys WHERE organization_id = $organizationId AND id = $keyId'

/** What can change of a key, but for its secret; with `storeParameters`. */
export const STORE_API_KEY = `UPDATE api_keys
  SET name = $name, scopes = $scopes, state = $state, expires_at_ms = $expiresAtMs
  WHERE organization_id = $organizationId AND id = $keyId`

/** Adds the key of an organization that exists; with `insertParameters`. */
export const INSERT_API_KEY = `INSERT INTO api_keys (id, organization_id, name, prefix, secret_sha256, scopes, state,
    created_by, created_at_ms, expires_at_ms, last_used_at_ms)
  VALUES ($id, $organizationId, $name, $prefix, $secretSha256, $scopes, 'active',
    $createdBy, $createdAtMs, $expiresAtMs, NULL)`

/** What of the keys is one statement, the same on both databases. */
export function createApiKeyStatements(
  statements: Statements,
): Pick<ApiKeyRecords, 'find' | 'list' | 'replaceSecret' | 'touch'> {
  const { get, change } = statements
  return {
    find: async (organizationId, keyId) => {
      const row = await get(FIND_API_KEY, { organizationId, keyId })
      return row && toApiKey(row)
    },

    list: (organizationId, page) =>
      readPage(
        statements,
        {
          total: 'SELECT count(*) AS total FROM api_keys WHERE organization_id = $organizationId',
          rows: 'SELECT * FROM api_keys WHERE organization_id = $organizationId',
          timeColumn: null,
          idColumn: 'id',
          parameters: { organizationId },
          parse: toApiKey,
        },
        page,
      ),

    replaceSecret: async (organizationId, keyId, { prefix, secretSha256 }) => {
      const { rows } = await change(
        `UPDATE api_keys SET prefix = $prefix, secret_sha256 = $secretSha256
         WHERE organization_id = $organizationId AND id = $keyId RETURNING *`,
        { organizationId, keyId, prefix, secretSha256 },
      )
      return rows[0] ? toApiKey(rows[0]) : null
    },

    touch: async (organizationId, keyId, nowMs, unlessAfterMs) => {
      await change(
        `UPDATE api_keys SET last_used_at_ms = $nowMs
         WHERE organization_id = $organizationId AND id = $keyId
           AND (last_used_at_ms IS NULL OR last_used_at_ms <= $unlessAfterMs)`,
        { organizationId, keyId, nowMs, unlessAfterMs },
      )
    },
  }
}

/** Changes a key to what `toChanged` makes of it, or deletes it for null; in one transaction, by `takesLastAdmin`. */
export type ChangeApiKey = (
  organizationId: string,
  keyId: string,
  nowMs: number,
  toChanged: (key: ApiKey) => ApiKey | null,
) => Promise<ApiKeyOutcome>

export function createApiKeyChanges(
  change: ChangeApiKey,
): Pick<ApiKeyRecords, 'update' | 'setState' | 'delete'> {
  return {
    update: (organizationId, keyId, changes, nowMs) =>
      change(organizationId, keyId, nowMs, (key) => ({ ...key, ...changes })),

    setState: (organizationId, keyId, stateChange, nowMs) =>
      change(organizationId, keyId, nowMs, (key) => ({
        ...key,
        state: changedState(key.state, stateChange),
      })),

    delete: (organizationId, keyId, nowMs) => change(organizationId, keyId, nowMs, () => null),
  }
}

export function storeParameters({
  id,
  organizationId,
  name,
  scopes,
  state,
  expiresAtMs,
}: ApiKey): Parameters {
  return { keyId: id, organizationId, name, scopes: scopes.join(' '), state, expiresAtMs }
}

export function insertParameters(organizationId: string, key: NewApiKey): Parameters {
  return { ...key, organizationId, scopes: key.scopes.join(' ') }
}

/**
 * Whether a change would leave the organization without a usable admin key, or without one that lasts: with only keys
 * that expire it would lose the last one without a word. `changed` is null where the key is deleted. To be asked in
 * the transaction that makes the change, with the other keys as they are in it.
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
