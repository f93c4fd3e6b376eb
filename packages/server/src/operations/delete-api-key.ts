import { changedApiKey } from './changed-api-key.ts'
import type { Context } from './context.ts'

/** Removes a key for good. Throws API_KEY_NOT_FOUND, LAST_ADMIN_KEY. */
export async function deleteApiKey(
  { database, now }: Pick<Context, 'database' | 'now'>,
  organizationId: string,
  keyId: string,
): Promise<void> {
  changedApiKey(await database.apiKeys.delete(organizationId, keyId, now()))
}
