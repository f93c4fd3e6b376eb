import type { ApiKeyOutcome } from '../../database/records/api-keys.ts'
import type { ApiKey } from '../../domain/access/api-key.ts'
import { ServiceError } from '../../domain/errors.ts'

/** Returns the key after a change. Throws API_KEY_NOT_FOUND, LAST_ADMIN_KEY. */
export function changedApiKey(outcome: ApiKeyOutcome): ApiKey {
  if (outcome.kind === 'done') return outcome.key
  if (outcome.kind === 'not-found') throw new ServiceError('API_KEY_NOT_FOUND', 'there is no such key')
  const rule = 'the organization would have no active key with the scope admin: create another one first'
  throw new ServiceError('LAST_ADMIN_KEY', rule)
}
