import type { JSONSchema } from 'json-schema-to-ts'
import { type ApiKey, SCOPES } from '../../domain/access/api-key.ts'
import { nullable, object, Time, type TypeOf } from '../http/json-schema.ts'

export const Scope = { enum: SCOPES } as const satisfies JSONSchema

/** Key without its secret. */
export const ApiKeyBody = object({
  id: { type: 'string', examples: ['ak_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  key_prefix: { type: 'string', description: 'The first characters of the secret.' },
  organization_id: { type: 'string' },
  key_name: { type: 'string' },
  is_active: { type: 'boolean', description: 'False if the key is deactivated.' },
  scopes: { type: 'array', items: Scope, description: 'The permissions of the key.' },
  created_by: nullable(
    { type: 'string' },
    'The id of the key that created this key; null if the operator or a user did.',
  ),
  created_at: Time,
  expires_at: nullable(Time, 'The time from which the key is refused; null if it does not expire.'),
  is_paused: { type: 'boolean' },
  last_used_at: nullable(Time, 'The last use, with a precision of one minute; null if it was never used.'),
})
type ApiKeyBody = TypeOf<typeof ApiKeyBody>

/** Returns a key without its secret. A paused key is still active. */
export function toApiKeyBody(key: ApiKey): ApiKeyBody {
  return {
    id: key.id,
    key_prefix: key.prefix,
    organization_id: key.organizationId,
    key_name: key.name,
    is_active: key.state !== 'deactivated',
    scopes: [...key.scopes],
    created_by: key.createdBy,
    created_at: toTime(key.createdAtMs),
    expires_at: key.expiresAtMs === null ? null : toTime(key.expiresAtMs),
    is_paused: key.state === 'paused',
    last_used_at: key.lastUsedAtMs === null ? null : toTime(key.lastUsedAtMs),
  }
}

function toTime(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
