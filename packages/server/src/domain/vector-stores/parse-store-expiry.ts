import { readInteger, readObject, readOneOf } from '../read-values.ts'

/** Returns the days of `{"anchor":"last_active_at","days":7}`, 1 to 365. Throws VALIDATION_ERROR. */
export function parseStoreExpiry(value: unknown, path: string): number {
  const { anchor, days } = readObject(value, path)
  readOneOf(anchor, `${path}.anchor`, ['last_active_at'])
  return readInteger(days, `${path}.days`, 1, 365)
}
