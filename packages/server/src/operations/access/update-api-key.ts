import type { ApiKey } from '../../domain/access/api-key.ts'
import type { Context } from '../context.ts'
import { changedApiKey } from './changed-api-key.ts'
import { type ApiKeyFields, checkApiKey } from './check-api-key.ts'

/** Changes the fields that are given. Throws VALIDATION_ERROR, API_KEY_NOT_FOUND, LAST_ADMIN_KEY. */
export async function updateApiKey(
  { database, now }: Context,
  organizationId: string,
  keyId: string,
  fields: Partial<ApiKeyFields>,
): Promise<ApiKey> {
  const nowMs = now()
  const changes = checkApiKey(fields, nowMs)
  return changedApiKey(await database.apiKeys.update(organizationId, keyId, changes, nowMs))
}
