import { type ApiKey, SCOPES, type Scope } from '../../domain/access/api-key.ts'
import { ServiceError } from '../../domain/errors.ts'
import { parseIsoTime } from '../../platform/iso-time.ts'
import { checkName } from '../check-name.ts'

/** Fields of a key as the caller sends them. */
export interface ApiKeyFields {
  readonly name: string
  readonly scopes: readonly string[]
  /** ISO 8601 time; null for a key that does not expire. */
  readonly expiresAt: string | null
}

/** Parses the given fields. Throws VALIDATION_ERROR for an invalid one. */
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

/** Returns the scopes in the order of `SCOPES`, so that equal sets are stored and shown equally. */
function toScopes(names: readonly string[]): Scope[] {
  const isUnknown = (name: string) => !SCOPES.some((scope) => scope === name)
  const unknown = names.find(isUnknown)
  if (names.length > 0 && unknown === undefined && new Set(names).size === names.length) {
    return SCOPES.filter((scope) => names.includes(scope))
  }
  const rule = `scopes must be a list of one or more of ${SCOPES.join(', ')}, without duplicates`
  throw new ServiceError('VALIDATION_ERROR', rule, { field: 'scopes', value: unknown ?? null })
}

function toExpiry(text: string, nowMs: number): number {
  const expiresAtMs = parseIsoTime(text)
  if (expiresAtMs !== null && expiresAtMs > nowMs) return expiresAtMs
  const rule = 'expires_at must be a time in the future such as 2030-01-31T12:00:00Z, or null'
  throw new ServiceError('VALIDATION_ERROR', rule, { field: 'expires_at', value: text.slice(0, 100) })
}
