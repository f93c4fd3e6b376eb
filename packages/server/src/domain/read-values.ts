import { invalidValue } from './invalid-value.ts'

/**
 * Readers of values in parsed JSON. Each returns its value with its type, and throws VALIDATION_ERROR with the `path` of
 * the value and the kind of the problem. Absent and null values are the same: the caller decides if they are allowed.
 */

export type JsonObject = Readonly<Record<string, unknown>>

/** Returns true for a value that the client left out. */
export function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

export function readObject(value: unknown, path: string): JsonObject {
  requireValue(value, path)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw invalidValue(path, 'wrong_type', 'must be an object', value)
}

export function readList(value: unknown, path: string, max: number, min = 0): readonly unknown[] {
  requireValue(value, path)
  if (!Array.isArray(value)) throw invalidValue(path, 'wrong_type', 'must be an array', value)
  if (value.length > max) throw invalidValue(path, 'too_many', `must have at most ${max} entries`)
  if (value.length < min) throw invalidValue(path, 'too_few', `must have at least ${min} entries`)
  return value
}

/** Reads a text of `min` to `max` code points. Refuses NUL, which PostgreSQL cannot store. */
export function readText(value: unknown, path: string, max: number, min = 0): string {
  requireValue(value, path)
  if (typeof value !== 'string') throw invalidValue(path, 'wrong_type', 'must be a string', value)
  if (isLonger(value, max)) throw invalidValue(path, 'too_long', `must have at most ${max} characters`, value)
  if (value.length < min) throw invalidValue(path, 'too_short', `must have at least ${min} characters`, value)
  if (value.includes('\u0000'))
    throw invalidValue(path, 'invalid', 'must not contain the character NUL', value)
  return value
}

/** Longer than every id. */
const MAX_ID_LENGTH = 128

/** Reads the id of an object. Refuses lone surrogates too, which PostgreSQL does not accept in JSON. */
export function readId(value: unknown, path: string): string {
  const id = readText(value, path, MAX_ID_LENGTH, 1)
  if (id.isWellFormed()) return id
  throw invalidValue(path, 'invalid', 'must be well-formed Unicode')
}

export function readBoolean(value: unknown, path: string): boolean {
  requireValue(value, path)
  if (typeof value === 'boolean') return value
  throw invalidValue(path, 'wrong_type', 'must be a boolean', value)
}

export function readInteger(value: unknown, path: string, min: number, max: number): number {
  const number = readNumber(value, path, min, max)
  if (Number.isInteger(number)) return number
  throw invalidValue(path, 'wrong_type', 'must be an integer', value)
}

export function readNumber(value: unknown, path: string, min: number, max: number): number {
  requireValue(value, path)
  if (typeof value !== 'number') throw invalidValue(path, 'wrong_type', 'must be a number', value)
  if (value < min) throw invalidValue(path, 'below_minimum', `must be at least ${min}`, value)
  if (value > max) throw invalidValue(path, 'above_maximum', `must be at most ${max}`, value)
  return value
}

export function readOneOf<Value extends string>(
  value: unknown,
  path: string,
  values: readonly Value[],
): Value {
  requireValue(value, path)
  if (typeof value !== 'string') throw invalidValue(path, 'wrong_type', 'must be a string', value)
  const known = values.find((one) => one === value)
  if (known !== undefined) return known
  throw invalidValue(path, 'invalid', `must be one of ${values.join(', ')}`, value)
}

function requireValue(value: unknown, path: string): void {
  if (isAbsent(value)) throw invalidValue(path, 'missing', 'is required')
}

/** Counts code points only when the number of UTF-16 units leaves it open. */
function isLonger(text: string, max: number): boolean {
  if (text.length <= max) return false
  return text.length > 2 * max || [...text].length > max
}
