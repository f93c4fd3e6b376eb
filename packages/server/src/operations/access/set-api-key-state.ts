import type { ApiKey, ApiKeyStateChange } from '../../domain/access/api-key.ts'
import type { Context } from '../context.ts'
import { changedApiKey } from './changed-api-key.ts'

/**
 * Activates, deactivates, pauses or unpauses a key; again is no error, and a pause leaves a deactivated key as it
 * is. The answer is the key as it is afterwards. Throws API_KEY_NOT_FOUND, LAST_ADMIN_KEY.
 */
export async function setApiKeyState(
  { database, now }: Pick<Context, 'database' | 'now'>,
  organizationId: string,
  keyId: string,
  change: ApiKeyStateChange,
): Promise<ApiKey> {
  return changedApiKey(await database.apiKeys.setState(organizationId, keyId, change, now()))
}
