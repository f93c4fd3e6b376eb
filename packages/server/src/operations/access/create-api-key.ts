import {
  type ApiKey,
  createSecret,
  DEFAULT_SCOPES,
  hashSecret,
  secretPrefix,
} from '../../domain/access/api-key.ts'
import { type Caller, keyIdOf, userIdOf } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { createId } from '../../domain/ids.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { checkUsable } from './authenticate.ts'
import { type ApiKeyFields, checkApiKey } from './check-api-key.ts'

export type NewApiKeyInput = Pick<ApiKeyFields, 'name'> & Partial<ApiKeyFields>

export interface IssuedApiKey {
  readonly apiKey: ApiKey
  /** Returned only once; the service stores its hash. */
  readonly secret: string
}

/**
 * Creates a key and records the caller's key as its creator. Without `scopes` the new key gets `DEFAULT_SCOPES`.
 * Throws VALIDATION_ERROR, ORGANIZATION_NOT_FOUND, the errors of `checkUsable` when the caller's key has stopped being
 * active, and INSUFFICIENT_PERMISSIONS when the user has stopped being an admin.
 */
export const createApiKey = defineOperation(
  {
    action: 'createApiKey',
    kind: 'change',
    scope: 'admin',
    targetOf: (_input, created) => created?.apiKey.id ?? null,
  },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    input: NewApiKeyInput,
  ): Promise<IssuedApiKey> => {
    const { organizationId } = caller
    const createdBy = keyIdOf(caller)
    const createdAtMs = now()
    const fields = checkApiKey(input, createdAtMs)
    const secret = createSecret()
    const key = {
      id: createId('ak'),
      name: input.name,
      prefix: secretPrefix(secret),
      scopes: fields.scopes ?? DEFAULT_SCOPES,
      createdBy,
      createdAtMs,
      expiresAtMs: fields.expiresAtMs ?? null,
    }
    const secretSha256 = hashSecret(secret)
    const userId = userIdOf(caller)
    if (!(await database.apiKeys.create(organizationId, { ...key, secretSha256 }, userId))) {
      if (userId !== null)
        throw new ServiceError('INSUFFICIENT_PERMISSIONS', 'the user may not create keys any more')
      if (createdBy !== null) checkUsable(await database.apiKeys.find(organizationId, createdBy), createdAtMs)
      throw new ServiceError('ORGANIZATION_NOT_FOUND', `there is no organization ${organizationId}`)
    }
    return { apiKey: { ...key, organizationId, state: 'active', lastUsedAtMs: null, generation: 0 }, secret }
  },
)
