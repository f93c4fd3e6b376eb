import { type ApiKey, changedState, REVOKES_NOTHING, type Revocation } from '../../domain/access/api-key.ts'
import type { ApiKeyOutcome, ApiKeyRecords, NewApiKey } from '../records/api-keys.ts'
import { readPage } from './pages.ts'
import { toApiKey } from './rows.ts'
import type { Parameters, Statements } from './statements.ts'

export const FIND_API_KEY = 'SELECT * FROM api_keys WHERE organization_id = $organizationId AND id = $keyId'

/** Selects another usable admin key, preferably one that does not expire. */
export const OTHER_ADMIN_KEY = `SELECT * FROM api_keys
  WHERE organization_id = $organizationId AND id <> $keyId AND state = 'active' AND scopes LIKE '%admin%'
    AND (expires_at_ms IS NULL OR expires_at_ms > $nowMs)
  ORDER BY expires_at_ms IS NULL DESC LIMIT 1`

export const DELETE_API_KEY = 'DELETE FROM api_keys WHERE organization_id = $organizationId AND id = $keyId'

/** Stores all columns of a key that can change, except its secret. Takes `storeParameters`. */
export const STORE_API_KEY = `UPDATE api_keys
  SET name = $name, scopes = $scopes, state = $state, expires_at_ms = $expiresAtMs, generation = $generation
  WHERE organization_id = $organizationId AND id = $keyId`

/**
 * Revokes the key's sessions and links of generations below `$sessionsBelow` and `$linksBelow`; 0 revokes none.
 * Takes `revocationParameters`.
 */
export const REVOKE = `INSERT INTO key_revocations (api_key_id, organization_id, sessions_below, links_below,
    revoked_at_ms, unended_since_ms)
  VALUES ($keyId, $organizationId, $sessionsBelow, $linksBelow, $nowMs, $unendedSinceMs)
  ON CONFLICT (api_key_id) DO UPDATE SET
    sessions_below = CASE WHEN excluded.sessions_below > 0 THEN excluded.sessions_below ELSE key_revocations.sessions_below END,
    links_below = CASE WHEN excluded.links_below > 0 THEN excluded.links_below ELSE key_revocations.links_below END,
    revoked_at_ms = excluded.revoked_at_ms,
    unended_since_ms = COALESCE(excluded.unended_since_ms, key_revocations.unended_since_ms)`

/** Selects one row when the creating key is still active. */
export const FIND_CREATOR = `SELECT 1 FROM api_keys
  WHERE organization_id = $organizationId AND id = $createdBy AND state = 'active'`

/** Selects one row when the creating user may still create keys. */
export const FIND_CREATING_USER = `SELECT 1 FROM members
  WHERE organization_id = $organizationId AND user_id = $userId AND role IN ('owner', 'admin')`

/** Adds a key to an existing organization. Takes `insertParameters`. */
export const INSERT_API_KEY = `INSERT INTO api_keys (id, organization_id, name, prefix, secret_sha256, scopes, state,
    created_by, created_at_ms, expires_at_ms, last_used_at_ms)
  VALUES ($id, $organizationId, $name, $prefix, $secretSha256, $scopes, 'active',
    $createdBy, $createdAtMs, $expiresAtMs, NULL)`

/** API key operations that are one statement and equal on both databases. */
export function createApiKeyStatements(
  statements: Statements,
): Pick<ApiKeyRecords, 'find' | 'list' | 'listCreatedBy' | 'replaceSecret' | 'setS3AccessKeyId' | 'touch'> {
  const { get, all, change } = statements
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

    listCreatedBy: async (organizationId, keyId, limit) => {
      const rows = await all(
        `SELECT api_keys.*, count(*) OVER () AS total FROM api_keys
         WHERE organization_id = $organizationId AND created_by = $keyId
         ORDER BY created_at_ms DESC, id DESC LIMIT $limit`,
        { organizationId, keyId, limit },
      )
      return { keys: rows.map(toApiKey), total: Number(rows[0]?.total ?? 0) }
    },

    replaceSecret: async (organizationId, keyId, { prefix, secretSha256 }) => {
      const { rows } = await change(
        `UPDATE api_keys SET prefix = $prefix, secret_sha256 = $secretSha256
         WHERE organization_id = $organizationId AND id = $keyId RETURNING *`,
        { organizationId, keyId, prefix, secretSha256 },
      )
      return rows[0] ? toApiKey(rows[0]) : null
    },

    setS3AccessKeyId: async (organizationId, keyId, accessKeyId) => {
      const { rows } = await change(
        `UPDATE api_keys SET s3_access_key_id = $accessKeyId
         WHERE organization_id = $organizationId AND id = $keyId RETURNING *`,
        { organizationId, keyId, accessKeyId },
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

/**
 * Changes a key to the result of `toChanged`, or deletes it when that is null, and revokes its sessions and links; in
 * one transaction, with the check of `takesLastAdmin`.
 */
export type ChangeApiKey = (
  organizationId: string,
  keyId: string,
  nowMs: number,
  toChanged: (key: ApiKey) => ApiKey | null,
  revocation?: Revocation,
) => Promise<ApiKeyOutcome>

export function createApiKeyChanges(
  change: ChangeApiKey,
): Pick<ApiKeyRecords, 'update' | 'setState' | 'delete'> {
  return {
    update: (organizationId, keyId, changes, nowMs) =>
      change(organizationId, keyId, nowMs, (key) => ({ ...key, ...changes })),

    setState: (organizationId, keyId, stateChange, nowMs, revocation = REVOKES_NOTHING) =>
      change(
        organizationId,
        keyId,
        nowMs,
        (key) => ({
          ...key,
          state: changedState(key.state, stateChange),
          generation: isEmpty(revocation) ? key.generation : key.generation + 1,
        }),
        revocation,
      ),

    delete: (organizationId, keyId, nowMs, revocation = REVOKES_NOTHING) =>
      change(organizationId, keyId, nowMs, () => null, revocation),
  }
}

function isEmpty({ endsSessions, revokesLinks }: Revocation): boolean {
  return !endsSessions && !revokesLinks
}

/** Returns the parameters of `REVOKE` for the key before its change; null when there is nothing to revoke. */
export function revocationParameters(
  { id, organizationId, generation }: ApiKey,
  revocation: Revocation = REVOKES_NOTHING,
  nowMs: number,
): Parameters | null {
  if (isEmpty(revocation)) return null
  const { endsSessions, revokesLinks } = revocation
  return {
    keyId: id,
    organizationId,
    sessionsBelow: endsSessions ? generation + 1 : 0,
    linksBelow: revokesLinks ? generation + 1 : 0,
    nowMs,
    unendedSinceMs: endsSessions ? nowMs : null,
  }
}

export function storeParameters({
  id,
  organizationId,
  name,
  scopes,
  state,
  expiresAtMs,
  generation,
}: ApiKey): Parameters {
  return { keyId: id, organizationId, name, scopes: scopes.join(' '), state, expiresAtMs, generation }
}

export function insertParameters(organizationId: string, key: NewApiKey): Parameters {
  return { ...key, organizationId, scopes: key.scopes.join(' ') }
}
