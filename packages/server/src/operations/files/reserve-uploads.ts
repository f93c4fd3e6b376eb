import { randomUUID } from 'node:crypto'
import type { Database } from '../../database/database.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { BodyRoom } from '../../storage/stored-object.ts'
import { defineOperation } from '../define-operation.ts'

/** Quota reservations of direct uploads while their bytes are stored. */
export interface DirectReservations {
  /** Opens the reservation of one request; `bodyBytes` is null when the request does not declare its length. */
  open(organizationId: string, bodyBytes: number | null): DirectReservation
  /** Stops renewing the leases; remaining reservations expire. */
  close(): void
}

export interface DirectReservation {
  /** Returns the id of the record that `files.add` converts into usage; null when there is none. */
  id(): string | null
  /** Returns the bytes that this request has reserved in the database. */
  recordedBytes(): number
  /** Returns true when the quota did not allow more bytes. */
  isExhausted(): boolean
  /** Returns the reserved space for the next body, after `storedBytes` of earlier ones. */
  roomAfter(storedBytes: number): BodyRoom
  /**
   * Lets the end of the request keep `bytes` reserved, as far as the quota allows, until `removed` resolves: they stay in
   * storage for the scanner.
   */
  keep(bytes: number, removed: Promise<void>): void
  /** Returns true when bytes of earlier requests are kept: the quota may allow more when the scanner has read them. */
  isSoonFree(): boolean
  /** Releases the reservation, except for the bytes to keep. Never throws. */
  end(): Promise<void>
}

/** First step of a reservation, and each step of one without a declared length. */
const STEP_BYTES = 16 * 1024 * 1024
/** Bytes per organization that need no reservation in the database: most direct uploads are small. */
const UNRECORDED_BYTES = 16 * 1024 * 1024
const UNRECORDED_BYTES_EACH = 1024 * 1024
const LEASE_MS = 2 * 60_000
const RENEW_MS = 30_000

/** Creates the reservations of this process and starts renewing their leases. */
export function createDirectReservations(
  { reservations }: Pick<Database, 'reservations'>,
  now: () => number,
): DirectReservations {
  const unrecorded = createUnrecordedBytes()
  const leases = createLeases(reservations, now)
  const kept = createKeptBytes(leases)
  return {
    open: (organizationId, bodyBytes) => openReservation(organizationId, bodyBytes, unrecorded, leases, kept),
    close: leases.close,
  }
}

/** Opens a reservation that takes unrecorded bytes first, and then reserves in the database in steps. */
function openReservation(
  organizationId: string,
  bodyBytes: number | null,
  unrecorded: UnrecordedBytes,
  leases: Leases,
  kept: KeptBytes,
): DirectReservation {
  const id = randomUUID()
  const unrecordedBytes = unrecorded.take(organizationId, bodyBytes ?? UNRECORDED_BYTES_EACH)
  let recordedBytes = 0
  let isExhausted = false
  let keptBytes = 0
  const removals: Promise<void>[] = []
  const reservedBytes = () => unrecordedBytes + recordedBytes

  const grow = async (): Promise<boolean> => {
    // Each step is a commit. A reservation for a declared length doubles, so that few commits follow what arrives.
    const stepBytes = bodyBytes === null ? STEP_BYTES : Math.max(STEP_BYTES, recordedBytes)
    const wantedBytes = Math.min(
      recordedBytes + stepBytes,
      (bodyBytes ?? Number.MAX_SAFE_INTEGER) - unrecordedBytes,
    )
    if (wantedBytes <= recordedBytes) return false
    const before = recordedBytes
    recordedBytes = await leases.raise(organizationId, id, wantedBytes)
    isExhausted = recordedBytes === before
    return !isExhausted
  }

  return {
    id: () => (leases.has(id) ? id : null),
    recordedBytes: () => recordedBytes,
    isExhausted: () => isExhausted,
    roomAfter: (storedBytes) => ({ bytes: () => reservedBytes() - storedBytes, grow }),
    keep: (bytes, removed) => {
      keptBytes += bytes
      removals.push(removed)
    },
    isSoonFree: () => kept.has(organizationId),
    end: async () => {
      unrecorded.release(organizationId, unrecordedBytes)
      // A failed release is retried; finally the lease expires.
      if (leases.has(id)) await leases.release(organizationId, id).catch(() => {})
      if (removals.length > 0) await kept.keep(organizationId, keptBytes, Promise.all(removals))
    },
  }
}

type KeptBytes = ReturnType<typeof createKeptBytes>

/** Creates the reservations of bytes that stay in storage after their request. */
function createKeptBytes(leases: Leases) {
  const kept = new Map<string, string>()
  return {
    has: (organizationId: string) => [...kept.values()].includes(organizationId),
    /** Reserves `bytes` as far as the quota allows, until `removed` resolves. Never throws. */
    keep: async (organizationId: string, bytes: number, removed: Promise<unknown>): Promise<void> => {
      const id = randomUUID()
      const raised = await leases.raise(organizationId, id, bytes).catch(() => 0)
      if (raised > 0) kept.set(id, organizationId)
      removed
        .then(() => leases.release(organizationId, id))
        .catch(() => {})
        .finally(() => kept.delete(id))
    },
  }
}

type UnrecordedBytes = ReturnType<typeof createUnrecordedBytes>

/** Creates the count of the bytes per organization that are reserved in this process only. */
function createUnrecordedBytes() {
  const taken = new Map<string, number>()
  return {
    /** Returns the bytes that were taken: `wantedBytes`, or less at a limit. */
    take: (organizationId: string, wantedBytes: number): number => {
      const takenBytes = taken.get(organizationId) ?? 0
      const bytes = Math.min(wantedBytes, UNRECORDED_BYTES_EACH, UNRECORDED_BYTES - takenBytes)
      if (bytes > 0) taken.set(organizationId, takenBytes + bytes)
      return bytes
    },
    release: (organizationId: string, bytes: number): void => {
      if (bytes <= 0) return
      const leftBytes = (taken.get(organizationId) ?? 0) - bytes
      if (leftBytes > 0) taken.set(organizationId, leftBytes)
      else taken.delete(organizationId)
    },
  }
}

type Leases = ReturnType<typeof createLeases>

/** Creates the reservations in the database, and starts renewing their leases and repeating failed releases. */
function createLeases(reservations: Database['reservations'], now: () => number) {
  const holder = randomUUID()
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
      // The next attempt comes before the lease expires.
    }
  }, RENEW_MS).unref()

  return {
    /** Returns true when the reservation may be in the database. */
    has: (id: string) => recorded.has(id),
    /** Raises the reservation to `wantedBytes` if the quota allows it; returns the reserved bytes. */
    raise: (organizationId: string, id: string, wantedBytes: number): Promise<number> => {
      recorded.set(id, organizationId)
      const terms = { id, holder, expiresAtMs: now() + LEASE_MS }
      return reservations.raise(organizationId, terms, wantedBytes)
    },
    release,
    close: () => clearInterval(renewing),
  }
}

/** Releases at most `limit` reservations whose process did not renew them in time; returns their number. */
export const releaseExpiredReservations = defineOperation(
  { action: 'releaseExpiredReservations', kind: 'routine', scope: 'operator' },
  (
    { database, now }: { readonly database: Pick<Database, 'reservations'>; now(): number },
    _caller: Caller<null>,
    limit: number,
  ) => database.reservations.releaseExpired(now(), limit),
)
