import { takesLastAdmin } from '../../domain/access/api-key.ts'
import type { ApiKeyRecords } from '../records/api-keys.ts'
import {
  type ChangeApiKey,
  createApiKeyChanges,
  createApiKeyStatements,
  DELETE_API_KEY,
  FIND_API_KEY,
  FIND_CREATING_USER,
  FIND_CREATOR,
  INSERT_API_KEY,
  insertParameters,
  OTHER_ADMIN_KEY,
  REVOKE,
  revocationParameters,
  STORE_API_KEY,
  storeParameters,
} from '../sql/api-key-statements.ts'
import { toApiKey } from '../sql/rows.ts'
import type { Connection } from './connection.ts'

/** Locks the organization until the end of the transaction. Its registers and new uploads wait meanwhile. */
const LOCK_ORGANIZATION = 'SELECT 1 FROM organizations WHERE id = $organizationId FOR NO KEY UPDATE'

export function createApiKeyRecords({ statements, transaction }: Connection): ApiKeyRecords {
  /** The lock serializes key changes of an organization, so concurrent ones cannot remove the last two admin keys. */
  const change: ChangeApiKey = (organizationId, keyId, nowMs, toChanged, revocation) =>
    transaction(async ({ get, all, change }) => {
      await get(LOCK_ORGANIZATION, { organizationId })
      const row = await get(FIND_API_KEY, { organizationId, keyId })
      if (row === null) return { kind: 'not-found' }
      const key = toApiKey(row)
      const changed = toChanged(key)
      const others = (await all(OTHER_ADMIN_KEY, { organizationId, keyId, nowMs })).map(toApiKey)
      if (takesLastAdmin(key, changed, others, nowMs)) return { kind: 'last-admin' }
      if (changed === null) await change(DELETE_API_KEY, { organizationId, keyId })
      else await change(STORE_API_KEY, storeParameters(changed))
      const revoking = revocationParameters(key, revocation, nowMs)
      if (revoking !== null) await change(REVOKE, revoking)
      return { kind: 'done', key: changed ?? key }
    })

  return {
    ...createApiKeyStatements(statements),
    ...createApiKeyChanges(change),

    create: (organizationId, key, userId = null) =>
      transaction(async ({ get, change }) => {
        if ((await get(LOCK_ORGANIZATION, { organizationId })) === null) return false
        if (userId !== null && (await get(FIND_CREATING_USER, { organizationId, userId })) === null)
          return false
        const { createdBy } = key
        if (createdBy !== null && (await get(FIND_CREATOR, { organizationId, createdBy })) === null)
          return false
        await change(INSERT_API_KEY, insertParameters(organizationId, key))
        return true
      }),
  }
}
