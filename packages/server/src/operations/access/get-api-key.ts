import type { ApiKey } from '../../domain/access/api-key.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'

/** Throws API_KEY_NOT_FOUND, also for another organization's key. */
export async function getApiKey(
  { database }: Context,
  organizationId: string,
  keyId: string,
): Promise<ApiKey> {
  const key = await database.apiKeys.find(organizationId, keyId)
  if (key === null) throw new ServiceError('API_KEY_NOT_FOUND', 'there is no such key')
  return key
}
