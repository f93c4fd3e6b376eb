import type { ApiKey, ApiKeyStateChange } from '../../domain/access/api-key.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { changedApiKey } from './changed-api-key.ts'

/**
 * Returns an operation that changes the state of a key and returns the changed key. The operation is idempotent. A
 * deactivated key stays deactivated when it is paused or unpaused. Throws API_KEY_NOT_FOUND, LAST_ADMIN_KEY.
 */
const stateChange = (action: string, change: ApiKeyStateChange) =>
  defineOperation(
    { action, kind: 'change', scope: 'admin', targetOf: (keyId) => keyId },
    async (
      { database, now }: Pick<Context, 'database' | 'now'>,
      { organizationId }: Caller,
      keyId: string,
    ): Promise<ApiKey> =>
      changedApiKey(await database.apiKeys.setState(organizationId, keyId, change, now())),
  )

export const activateApiKey = stateChange('activateApiKey', 'activate')
export const pauseApiKey = stateChange('pauseApiKey', 'pause')
export const unpauseApiKey = stateChange('unpauseApiKey', 'unpause')
