/** Quota reserved by requests while their bodies are stored. Each reservation is a lease that must be renewed. */
export interface ReservationRecords {
  /** Creates a reservation, or raises it towards `wantedBytes` as far as the quota allows; returns its new size. */
  raise(organizationId: string, reservation: NewReservation, wantedBytes: number): Promise<number>
  /** Renews all leases of one process until `expiresAtMs`. */
  renew(holder: string, expiresAtMs: number): Promise<void>
  /** Releases a reservation; idempotent. */
  release(organizationId: string, id: string): Promise<void>
  /** Releases at most `limit` expired reservations of all organizations; returns their number. */
  releaseExpired(nowMs: number, limit: number): Promise<number>
}

export interface NewReservation {
  readonly id: string
  /** Id of the process that renews the lease. */
  readonly holder: string
  readonly expiresAtMs: number
}
