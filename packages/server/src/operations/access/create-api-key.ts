import {
  type ApiKey,
  createSecret,
  DEFAULT_SCOPES,
  hashSecret,
  secretPrefix,
} from '../../domain/access/api-key.ts'
import { ServiceError } from '../../domain/errors.ts'
import { createId } from '../../domain/ids.ts'
import type { Context } from '../context.ts'
import { checkUsable } from './authenticate.ts'
import { type ApiKeyFields, checkApiKey } from './check-api-key.ts'

export type NewApiKeyInput = Pick<ApiKeyFields, 'name'> & Partial<ApiKeyFields>

export interface IssuedApiKey {
  readonly apiKey: ApiKey
  /** Known only here and now, and to the caller. */
  readonly secret: string
}

/**
 * Adds a key; without `scopes` it may do everything but manage keys. `createdBy` is the key that asks, null for
 * the operator. Throws VALIDATION_ERROR, ORGANIZATION_NOT_FOUND, and the errors of a `createdBy` that is no longer
 * active.
 */
export async function createApiKey(
  { database, now }: Pick<Context, 'database' | 'now'>,
  organizationId: string,
  createdBy: string | null,
  input: NewApiKeyInput,
): Promise<IssuedApiKey> {
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
  if (!(await database.apiKeys.create(organizationId, { ...key, secretSha256 }))) {
    if (createdBy !== null) checkUsable(await database.apiKeys.find(organizationId, createdBy), createdAtMs)
    throw new ServiceError('ORGANIZATION_NOT_FOUND', `there is no organization ${organizationId}`)
  }
  return { apiKey: { ...key, organizationId, state: 'active', lastUsedAtMs: null, generation: 0 }, secret }
}
