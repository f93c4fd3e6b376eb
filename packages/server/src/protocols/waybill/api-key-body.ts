import type { ApiKey } from '../../domain/access/api-key.ts'
import type { ApiKeyBody } from './contract/api-keys.ts'

/** A key as answers show it, without its secret. A pause is a break of an active key, so that it is both. */
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
