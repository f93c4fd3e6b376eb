import { randomUUID } from 'node:crypto'
import type { Database } from '../database/database.ts'
import type { BodyRoom } from '../storage/storage.ts'

/** The quota that direct uploads hold while their bytes are stored. */
export interface DirectReservations {
  /** For one request, whose body has `bodyBytes` bytes, or null where it does not say. */
  open(organizationId: string, bodyBytes: number | null): DirectReservation
  /** Stops keeping reservations; those that are left expire. */
  close(): void
}

export interface DirectReservation {
  /** Of the record that `files.add` turns into use; null where there is none. */
  id(): string | null
  /** What the organization's reserved bytes hold of this request. */
  recordedBytes(): number
  /** Whether the quota has refused more. */
  isExhausted(): boolean
  /** The room for one more body, behind those that have been stored. */
  roomBehind(storedBytes: number): BodyRoom
  /** Gives everything back. Never throws. */
  end(): Promise<void>
}

const STEP_BYTES = 16 * 1024 * 1024
/** What requests of one organization store together before the database is asked: most direct uploads are small. */
const UNRECORDED_BYTES = 16 * 1024 * 1024
const UNRECORDED_BYTES_EACH = 1024 * 1024
const LEASE_MS = 2 * 60_000
const RENEW_MS = 30_000

/** Of this process. */
export function createDirectReservations(
  { reservations }: Pick<Database, 'reservations'>,
  now: () => number,
): DirectReservations {
  const holder = randomUUID()
  const unrecorded = new Map<string, number>()
  const recorded = new Map<string, string>()
  const unreleased = new Map<string, string>()

  const release = async (organizationId: string, id: string) => {
    recorded.delete(id)
    unreleased.set(id, organizationId)
    await reservations.release(organizationId, id)
    unreleased.delete(id)
  }
  const renewing = setInterval(async () => {
    try {
      for (const [id, organizationId] of unreleased) await release(organizationId, id)
      if (recorded.size > 0) await reservations.renew(holder, now() + LEASE_MS)
    } catch {
      // The next time comes before the lease is over.
    }
  }, RENEW_MS).unref()

  const open = (organizationId: string, bodyBytes: number | null): DirectReservation => {
    const id = randomUUID()
    const taken = unrecorded.get(organizationId) ?? 0
    const freeBytes = Math.min(
      bodyBytes ?? UNRECORDED_BYTES_EACH,
      UNRECORDED_BYTES_EACH,
      UNRECORDED_BYTES - taken,
    )
    if (freeBytes > 0) unrecorded.set(organizationId, taken + freeBytes)
    let recordedBytes = 0
    let isExhausted = false
    const reservedBytes = () => freeBytes + recordedBytes

    const grow = async (): Promise<boolean> => {
      const wantedBytes = Math.min(
        recordedBytes + STEP_BYTES,
        (bodyBytes ?? Number.MAX_SAFE_INTEGER) - freeBytes,
      )
      if (wantedBytes <= recordedBytes) return false
      const before = recordedBytes
      recorded.set(id, organizationId)
      const terms = { id, holder, expiresAtMs: now() + LEASE_MS }
      recordedBytes = await reservations.raise(organizationId, terms, wantedBytes)
      isExhausted = recordedBytes === before
      return !isExhausted
    }

    const end = async () => {
      if (freeBytes > 0) {
        const left = (unrecorded.get(organizationId) ?? 0) - freeBytes
        if (left > 0) unrecorded.set(organizationId, left)
        else unrecorded.delete(organizationId)
      }
      // Where this fails it is tried again, and in the end the reservation expires.
      if (recorded.has(id)) await release(organizationId, id).catch(() => {})
    }

    return {
      id: () => (recorded.has(id) ? id : null),
      recordedBytes: () => recordedBytes,
      isExhausted: () => isExhausted,
      roomBehind: (storedBytes) => ({ bytes: () => reservedBytes() - storedBytes, grow }),
      end,
    }
  }

  return { open, close: () => clearInterval(renewing) }
}
