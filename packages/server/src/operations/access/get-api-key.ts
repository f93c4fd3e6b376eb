import type { ApiKey } from '../../domain/access/api-key.ts'
import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

/** Returns a key of the organization. Throws API_KEY_NOT_FOUND, also for another organization's key. */
export const getApiKey = defineOperation(
  { action: 'getApiKey', kind: 'read', scope: 'admin', targetOf: (keyId) => keyId },
  async (
    { database }: Pick<Context, 'database'>,
    { organizationId }: Caller,
    keyId: string,
  ): Promise<ApiKey> => {
    const key = await database.apiKeys.find(organizationId, keyId)
    if (key === null) throw new ServiceError('API_KEY_NOT_FOUND', 'there is no such key')
    return key
  },
)
