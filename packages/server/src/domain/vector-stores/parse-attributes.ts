import { invalidValue } from '../invalid-value.ts'
import { readObject, readText } from '../read-values.ts'
import type { Attributes, AttributeValue } from './store-file.ts'
import type { Metadata } from './vector-store.ts'

const MAX_PAIRS = 16
export const MAX_KEY_LENGTH = 64
const MAX_VALUE_LENGTH = 512

/**
 * Returns the attributes of a file of a store: up to 16 pairs with texts, finite numbers and booleans.
 * Throws VALIDATION_ERROR.
 */
export function parseAttributes(value: unknown, path: string): Attributes {
  return readPairs(value, path, readAttribute)
}

/** Returns the metadata of a store: up to 16 pairs of texts. Throws VALIDATION_ERROR. */
export function parseMetadata(value: unknown, path: string): Metadata {
  return readPairs(value, path, (text, at) => readText(text, at, MAX_VALUE_LENGTH))
}

function readPairs<Value>(
  value: unknown,
  path: string,
  read: (value: unknown, path: string) => Value,
): Record<string, Value> {
  const pairs = Object.entries(readObject(value, path))
  if (pairs.length > MAX_PAIRS) throw invalidValue(path, 'too_many', `must have at most ${MAX_PAIRS} keys`)
  return Object.fromEntries(
    pairs.map(([key, entry]) => {
      // A long key is cut in the path of the error.
      const at = `${path}.${key.slice(0, MAX_KEY_LENGTH)}`
      readText(key, at, MAX_KEY_LENGTH, 1)
      if (entry === null) throw invalidValue(at, 'wrong_type', 'must not be null')
      return [key, read(entry, at)]
    }),
  )
}

function readAttribute(value: unknown, path: string): AttributeValue {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string') return readText(value, path, MAX_VALUE_LENGTH)
  if (typeof value !== 'number')
    throw invalidValue(path, 'wrong_type', 'must be a string, a number or a boolean', value)
  // JSON has no infinite numbers, but 1e999 is read as one.
  if (Number.isFinite(value)) return value
  throw invalidValue(path, 'invalid', 'must be a finite number')
}
