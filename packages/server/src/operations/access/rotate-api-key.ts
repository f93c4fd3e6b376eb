import { createSecret, hashSecret, secretPrefix } from '../../domain/access/api-key.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import type { IssuedApiKey } from './create-api-key.ts'

/** Gives the key a new secret; the one before is wrong from now on. Throws API_KEY_NOT_FOUND. */
export async function rotateApiKey(
  { database }: Context,
  organizationId: string,
  keyId: string,
): Promise<IssuedApiKey> {
  const secret = createSecret()
  const apiKey = await database.apiKeys.replaceSecret(organizationId, keyId, {
    prefix: secretPrefix(secret),
    secretSha256: hashSecret(secret),
  })
  if (apiKey === null) throw new ServiceError('API_KEY_NOT_FOUND', 'there is no such key')
  return { apiKey, secret }
}
