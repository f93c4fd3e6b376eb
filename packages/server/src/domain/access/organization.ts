export interface Organization {
  readonly id: string
  readonly name: string
  readonly isActive: boolean
  readonly storageLimitBytes: number | null
  readonly storageUsedBytes: number
  readonly storageReservedBytes: number
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** Limit of an organization without a limit: the largest number of bytes that a number holds exactly. */
export const NO_LIMIT_BYTES = Number.MAX_SAFE_INTEGER

/**
 * Returns the bytes that the organization may still store: its limit without used and reserved bytes. Negative when the
 * limit was lowered. Concurrent requests may take them first: the transaction that adds bytes checks again.
 */
export function remainingQuotaBytes({
  storageLimitBytes,
  storageUsedBytes,
  storageReservedBytes,
}: Organization): number {
  return (storageLimitBytes ?? NO_LIMIT_BYTES) - storageUsedBytes - storageReservedBytes
}
