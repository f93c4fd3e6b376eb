import { ServiceError } from '../../domain/errors.ts'

/** Objects and lists of a body within each other, itself included. No client comes near, and recursion stays safe. */
const MAX_LEVELS = 200

/** Returns a parsed body. Throws INVALID_REQUEST when it is nested so deeply that its readers could overflow the stack. */
export function limitDepth(value: unknown): unknown {
  if (!isDeeper(value, MAX_LEVELS)) return value
  throw new ServiceError('INVALID_REQUEST', `the body is nested more than ${MAX_LEVELS} levels deep`)
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) return value.some((entry) => isDeeper(entry, levels - 1))
  const members = value as Readonly<Record<string, unknown>>
  for (const name in members) if (isDeeper(members[name], levels - 1)) return true
  return false
}
