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

export function createApiKeyRecords({ statements, write }: Connection): ApiKeyRecords {
  /** SQLite runs one writer at a time, so two concurrent changes cannot remove the last two admin keys. */
  const change: ChangeApiKey = (organizationId, keyId, nowMs, toChanged, revocation) =>
    write(({ get, all, run }) => {
      const row = get(FIND_API_KEY, { organizationId, keyId })
      if (row === null) return { kind: 'not-found' }
      const key = toApiKey(row)
      const changed = toChanged(key)
      const others = all(OTHER_ADMIN_KEY, { organizationId, keyId, nowMs }).map(toApiKey)
      if (takesLastAdmin(key, changed, others, nowMs)) return { kind: 'last-admin' }
      if (changed === null) run(DELETE_API_KEY, { organizationId, keyId })
      else run(STORE_API_KEY, storeParameters(changed))
      const revoking = revocationParameters(key, revocation, nowMs)
      if (revoking !== null) run(REVOKE, revoking)
      return { kind: 'done', key: changed ?? key }
    })

  return {
    ...createApiKeyStatements(statements),
    ...createApiKeyChanges(change),

    create: (organizationId, key, userId = null) =>
      write(({ get, run }) => {
        if (get('SELECT 1 FROM organizations WHERE id = $organizationId', { organizationId }) === null) {
          return false
        }
        if (userId !== null && get(FIND_CREATING_USER, { organizationId, userId }) === null) return false
        const { createdBy } = key
        if (createdBy !== null && get(FIND_CREATOR, { organizationId, createdBy }) === null) return false
        run(INSERT_API_KEY, insertParameters(organizationId, key))
        return true
      }),
  }
}
