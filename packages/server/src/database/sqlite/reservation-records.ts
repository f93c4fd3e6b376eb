import type { ReservationRecords } from '../records/reservations.ts'
import { FREE_BYTES } from '../sql/quota.ts'
import { RENEW_RESERVATIONS, UPSERT_RESERVATION } from '../sql/reservation-statements.ts'
import type { Connection, Transaction } from './connection.ts'

/** Adds to the reserved bytes of the organization; a negative number releases them. */
const ADD_RESERVED = `UPDATE organizations SET storage_reserved_bytes = storage_reserved_bytes + $addedBytes
  WHERE id = $organizationId`

export function createReservationRecords({ statements, write, free }: Connection): ReservationRecords {
  return {
    raise: (organizationId, { id, holder, expiresAtMs }, wantedBytes) =>
      write(({ get, run }) => {
        const held = heldBytes({ get }, organizationId, id)
        const row = get(`SELECT ${FREE_BYTES} AS free_bytes FROM organizations WHERE id = $organizationId`, {
          organizationId,
        })
        const addedBytes = Math.max(0, Math.min(wantedBytes - held, Number(row?.free_bytes ?? 0)))
        run(ADD_RESERVED, { organizationId, addedBytes })
        const sizeBytes = held + addedBytes
        run(UPSERT_RESERVATION, { id, organizationId, holder, sizeBytes, expiresAtMs })
        return sizeBytes
      }),

    renew: async (holder, expiresAtMs) => {
      await statements.change(RENEW_RESERVATIONS, { holder, expiresAtMs })
    },

    release: (organizationId, id) => free((inside) => releaseReservation(inside, organizationId, id)),

    releaseExpired: (nowMs, limit) =>
      write((inside) => {
        const rows = inside.all(
          'SELECT id, organization_id FROM reservations WHERE expires_at_ms <= $nowMs LIMIT $limit',
          { nowMs, limit },
        )
        for (const row of rows) releaseReservation(inside, String(row.organization_id), String(row.id))
        return rows.length
      }),
  }
}

/** Releases a reservation; idempotent. */
export function releaseReservation(inside: Transaction, organizationId: string, id: string): void {
  const sizeBytes = heldBytes(inside, organizationId, id)
  if (
    inside.run('DELETE FROM reservations WHERE id = $id AND organization_id = $organizationId', {
      id,
      organizationId,
    }) > 0
  ) {
    inside.run(ADD_RESERVED, { organizationId, addedBytes: -sizeBytes })
  }
}

function heldBytes({ get }: Pick<Transaction, 'get'>, organizationId: string, id: string): number {
  const row = get(
    'SELECT size_bytes FROM reservations WHERE id = $id AND organization_id = $organizationId',
    {
      id,
      organizationId,
    },
  )
  return Number(row?.size_bytes ?? 0)
}
