import type { ApiKey } from '../../domain/access/api-key.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { changedApiKey } from './changed-api-key.ts'
import { type ApiKeyFields, checkApiKey } from './check-api-key.ts'

export interface UpdateApiKeyInput {
  readonly keyId: string
  readonly fields: Partial<ApiKeyFields>
}

/** Changes the given fields. Throws VALIDATION_ERROR, API_KEY_NOT_FOUND, LAST_ADMIN_KEY. */
export const updateApiKey = defineOperation(
  { action: 'updateApiKey', kind: 'change', scope: 'admin', targetOf: ({ keyId }) => keyId },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    { organizationId }: Caller,
    { keyId, fields }: UpdateApiKeyInput,
  ): Promise<ApiKey> => {
    const nowMs = now()
    const changes = checkApiKey(fields, nowMs)
    return changedApiKey(await database.apiKeys.update(organizationId, keyId, changes, nowMs))
  },
)
