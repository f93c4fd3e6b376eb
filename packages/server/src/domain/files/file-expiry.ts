import { readInteger, readObject, readOneOf } from '../read-values.ts'

const MIN_SECONDS = 3600
const MAX_SECONDS = 30 * 24 * 60 * 60

/** Returns the seconds of `{"anchor":"created_at","seconds":3600}`, an hour to 30 days. Throws VALIDATION_ERROR. */
export function parseFileExpiry(value: unknown, path: string): number {
  const { anchor, seconds } = readObject(value, path)
  readOneOf(anchor, `${path}.anchor`, ['created_at'])
  return readInteger(seconds, `${path}.seconds`, MIN_SECONDS, MAX_SECONDS)
}
