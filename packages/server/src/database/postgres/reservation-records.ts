import type { ReservationRecords } from '../records/reservations.ts'
import { FREE_BYTES } from '../sql/quota.ts'
import { RENEW_RESERVATIONS, UPSERT_RESERVATION } from '../sql/reservation-statements.ts'
import type { Connection, Transaction } from './connection.ts'

/** Locks the reservation before its organization, as everywhere, to avoid deadlocks. */
const HELD = `SELECT size_bytes FROM reservations
  WHERE id = $id AND organization_id = $organizationId FOR UPDATE`

const FREE = `SELECT ${FREE_BYTES} AS free_bytes FROM organizations WHERE id = $organizationId FOR NO KEY UPDATE`

const ADD = `UPDATE organizations SET storage_reserved_bytes = storage_reserved_bytes + $addedBytes
  WHERE id = $organizationId`

const RELEASE = `
  WITH released AS (
    DELETE FROM reservations WHERE id = $id AND organization_id = $organizationId RETURNING *
  )
  UPDATE organizations SET storage_reserved_bytes = storage_reserved_bytes - released.size_bytes
  FROM released WHERE organizations.id = released.organization_id`

const EXPIRED =
  'SELECT id, organization_id FROM reservations WHERE expires_at_ms <= $nowMs ORDER BY id LIMIT $limit'

/** Releases a reservation unless it was renewed after it was found. */
const RELEASE_EXPIRED = RELEASE.replace('RETURNING', 'AND expires_at_ms <= $nowMs RETURNING')

export function createReservationRecords({ statements, transaction }: Connection): ReservationRecords {
  return {
    raise: (organizationId, { id, holder, expiresAtMs }, wantedBytes) =>
      transaction(async ({ get, change }) => {
        const held = Number((await get(HELD, { id, organizationId }))?.size_bytes ?? 0)
        const freeBytes = Number((await get(FREE, { organizationId }))?.free_bytes ?? 0)
        const addedBytes = Math.max(0, Math.min(wantedBytes - held, freeBytes))
        await change(ADD, { organizationId, addedBytes })
        const sizeBytes = held + addedBytes
        await change(UPSERT_RESERVATION, { id, organizationId, holder, sizeBytes, expiresAtMs })
        return sizeBytes
      }),

    renew: async (holder, expiresAtMs) => {
      await statements.change(RENEW_RESERVATIONS, { holder, expiresAtMs })
    },

    release: async (organizationId, id) => {
      await statements.change(RELEASE, { organizationId, id })
    },

    releaseExpired: async (nowMs, limit) => {
      const rows = await statements.all(EXPIRED, { nowMs, limit })
      for (const { id, organization_id } of rows) {
        await statements.change(RELEASE_EXPIRED, {
          id: String(id),
          organizationId: String(organization_id),
          nowMs,
        })
      }
      return rows.length
    },
  }
}

/** Releases the reservation in the transaction that converts it into usage. */
export async function releaseReservation(
  { change }: Transaction,
  organizationId: string,
  id: string,
): Promise<void> {
  await change(RELEASE, { organizationId, id })
}
