import { createSecret, hashSecret, secretPrefix } from '../../domain/access/api-key.ts'
import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import type { IssuedApiKey } from './create-api-key.ts'

/** Replaces the secret of a key. The old secret stops working immediately. Throws API_KEY_NOT_FOUND. */
export const rotateApiKey = defineOperation(
  { action: 'rotateApiKey', kind: 'change', scope: 'admin', targetOf: (keyId) => keyId },
  async (
    { database }: Pick<Context, 'database'>,
    { organizationId }: Caller,
    keyId: string,
  ): Promise<IssuedApiKey> => {
    const secret = createSecret()
    const apiKey = await database.apiKeys.replaceSecret(organizationId, keyId, {
      prefix: secretPrefix(secret),
      secretSha256: hashSecret(secret),
    })
    if (apiKey === null) throw new ServiceError('API_KEY_NOT_FOUND', 'there is no such key')
    return { apiKey, secret }
  },
)
