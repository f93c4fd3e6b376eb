import { randomBytes } from 'node:crypto'

/** Returns a new id for a writer and the segment that it creates. */
export function createWriterId(): string {
  return randomBytes(8).toString('hex')
}
