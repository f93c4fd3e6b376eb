import { type ApiKey, changedState, hasScope, isUsable } from '../../domain/api-key.ts'
import type { ApiKeyOutcome, ApiKeyRecords, NewApiKey } from '../database.ts'
import type { Connection } from './connection.ts'
import { behindPlace, LIMIT_ONE_MORE, pageParameters, toPage } from './pages.ts'
import { toApiKey } from './rows.ts'

const OF_ORGANIZATION = 'organization_id = $organizationId'
const OF_KEY = `${OF_ORGANIZATION} AND id = $keyId`

export function createApiKeyRecords(connection: Connection): ApiKeyRecords {
  const { get, all, run, read, write } = connection

  const find = (organizationId: string, keyId: string): ApiKey | null => {
    const row = get(`SELECT * FROM api_keys WHERE ${OF_KEY}`, { organizationId, keyId })
    return row && toApiKey(row)
  }

  const change = (
    organizationId: string,
    keyId: string,
    nowMs: number,
    toChanged: (key: ApiKey) => ApiKey | null,
  ) =>
    write((): ApiKeyOutcome => {
      const key = find(organizationId, keyId)
      if (key === null) return { kind: 'not-found' }
      const changed = toChanged(key)
      if (takesLastAdmin(connection, key, changed, nowMs)) return { kind: 'last-admin' }
      if (changed === null) run(`DELETE FROM api_keys WHERE ${OF_KEY}`, { organizationId, keyId })
      else store(connection, changed)
      return { kind: 'done', key: changed ?? key }
    })

  return {
    create: (organizationId, key) =>
      write(() => {
        if (get('SELECT 1 FROM organizations WHERE id = $organizationId', { organizationId }) === null) {
          return false
        }
        insertApiKey(connection, organizationId, key)
        return true
      }),

    find: (organizationId, keyId) => read(() => find(organizationId, keyId)),

    list: (organizationId, page) =>
      read(() => {
        const counted = get(`SELECT count(*) AS total FROM api_keys WHERE ${OF_ORGANIZATION}`, {
          organizationId,
        })
        const rows = all(
          `SELECT * FROM api_keys WHERE ${OF_ORGANIZATION} ${behindPlace(page, 'created_at_ms', 'id')}
           ORDER BY created_at_ms DESC, id DESC ${LIMIT_ONE_MORE}`,
          { organizationId, ...pageParameters(page) },
        )
        return toPage(rows, page, Number(counted?.total), toApiKey)
      }),

    update: (organizationId, keyId, changes, nowMs) =>
      change(organizationId, keyId, nowMs, (key) => ({ ...key, ...changes })),

    setState: (organizationId, keyId, stateChange, nowMs) =>
      change(organizationId, keyId, nowMs, (key) => ({
        ...key,
        state: changedState(key.state, stateChange),
      })),

    delete: (organizationId, keyId, nowMs) => change(organizationId, keyId, nowMs, () => null),

    replaceSecret: (organizationId, keyId, { prefix, secretSha256 }) =>
      write(() => {
        run(`UPDATE api_keys SET prefix = $prefix, secret_sha256 = $secretSha256 WHERE ${OF_KEY}`, {
          organizationId,
          keyId,
          prefix,
          secretSha256,
        })
        return find(organizationId, keyId)
      }),

    touch: (organizationId, keyId, nowMs, unlessAfterMs) =>
      write(() => {
        run(
          `UPDATE api_keys SET last_used_at_ms = $nowMs
           WHERE ${OF_KEY} AND (last_used_at_ms IS NULL OR last_used_at_ms <= $unlessAfterMs)`,
          { organizationId, keyId, nowMs, unlessAfterMs },
        )
      }),
  }
}

/** Adds the key of an organization that exists. Only inside `write`. */
export function insertApiKey({ run }: Connection, organizationId: string, key: NewApiKey): void {
  run(
    `INSERT INTO api_keys (id, organization_id, name, prefix, secret_sha256, scopes, state, created_by,
       created_at_ms, expires_at_ms, last_used_at_ms)
     VALUES ($id, $organizationId, $name, $prefix, $secretSha256, $scopes, 'active', $createdBy,
       $createdAtMs, $expiresAtMs, NULL)`,
    { ...key, organizationId, scopes: key.scopes.join(' ') },
  )
}

/**
 * Whether the organization would be left without a usable admin key, or without one that lasts: with only keys that
 * expire it would lose the last one without a word. Asked in the transaction that makes the change, which no other
 * process's can enter: of two that each take one of the last two, the second sees what the first did.
 */
function takesLastAdmin({ all }: Connection, key: ApiKey, changed: ApiKey | null, nowMs: number): boolean {
  const { organizationId, id } = key
  const others = all(`SELECT * FROM api_keys WHERE ${OF_ORGANIZATION} AND id <> $id AND state = 'active'`, {
    organizationId,
    id,
  }).map(toApiKey)
  const isAdmin = (candidate: ApiKey) => hasScope(candidate, 'admin') && isUsable(candidate, nowMs)
  const isLasting = (candidate: ApiKey) => isAdmin(candidate) && candidate.expiresAtMs === null
  return [isAdmin, isLasting].some(
    (isOne) => isOne(key) && !(changed && isOne(changed)) && !others.some(isOne),
  )
}

/** What can change of a key, but for its secret. */
function store({ run }: Connection, key: ApiKey): void {
  const { organizationId, name, state, expiresAtMs } = key
  run(
    `UPDATE api_keys SET name = $name, scopes = $scopes, state = $state, expires_at_ms = $expiresAtMs
     WHERE ${OF_KEY}`,
    { organizationId, keyId: key.id, name, scopes: key.scopes.join(' '), state, expiresAtMs },
  )
}
