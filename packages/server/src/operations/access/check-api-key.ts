import { type ApiKey, SCOPES, type Scope } from '../../domain/access/api-key.ts'
import { ServiceError } from '../../domain/errors.ts'
import { parseIsoTime } from '../../platform/iso-time.ts'
import { checkName } from '../check-name.ts'

/** What a caller says of a key. */
export interface ApiKeyFields {
  readonly name: string
  readonly scopes: readonly string[]
  /** ISO 8601, or null for a key that does not expire. */
  readonly expiresAt: string | null
}

/** Reads the fields that are there. Throws VALIDATION_ERROR when no key can have one of them. */
export function checkApiKey(
  { name, scopes, expiresAt }: Partial<ApiKeyFields>,
  nowMs: number,
): Partial<Pick<ApiKey, 'name' | 'scopes' | 'expiresAtMs'>> {
  if (name !== undefined) checkName('key_name', name)
  return {
    ...(name === undefined ? {} : { name }),
    ...(scopes === undefined ? {} : { scopes: toScopes(scopes) }),
    ...(expiresAt === undefined
      ? {}
      : { expiresAtMs: expiresAt === null ? null : toExpiry(expiresAt, nowMs) }),
  }
}

/** In the order of the list of scopes, so that equal sets read alike. */
function toScopes(names: readonly string[]): Scope[] {
  const isUnknown = (name: string) => !SCOPES.some((scope) => scope === name)
  const unknown = names.find(isUnknown)
  if (names.length > 0 && unknown === undefined && new Set(names).size === names.length) {
    return SCOPES.filter((scope) => names.includes(scope))
  }
  const rule = `scopes must be one or more of ${SCOPES.join(', ')}, each once`
  throw new ServiceError('VALIDATION_ERROR', rule, { field: 'scopes', value: unknown ?? null })
}

function toExpiry(text: string, nowMs: number): number {
  const expiresAtMs = parseIsoTime(text)
  if (expiresAtMs !== null && expiresAtMs > nowMs) return expiresAtMs
  const rule = 'expires_at must be a time in the future such as 2030-01-31T12:00:00Z, or null'
  throw new ServiceError('VALIDATION_ERROR', rule, { field: 'expires_at', value: text.slice(0, 100) })
}
