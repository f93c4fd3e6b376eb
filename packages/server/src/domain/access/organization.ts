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
