import { randomUUID } from 'node:crypto'

/** Returns a new id for a writer and the segment that it creates: 16 hex digits, 60 bits of which are random. */
export function createWriterId(): string {
  // Node makes the random bytes of many UUIDs at once.
  return randomUUID().replaceAll('-', '').slice(0, 16)
}
