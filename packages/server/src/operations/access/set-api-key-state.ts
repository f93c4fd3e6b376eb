import type { ApiKey, ApiKeyStateChange } from '../../domain/access/api-key.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { changedApiKey } from './changed-api-key.ts'

/**
 * Changes the state of a key; again is no error, and a pause leaves a deactivated key as it is. The result is the key
 * as it is afterwards. Throws API_KEY_NOT_FOUND, LAST_ADMIN_KEY.
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
