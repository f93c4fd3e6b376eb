import type { FileCounts } from './store-file.ts'

/** Files that were added to a store together. */
export interface FileBatch {
  /** `vsfb_…`. */
  readonly id: string
  readonly vectorStoreId: string
  readonly organizationId: string
  readonly createdAtMs: number
  /** Time of the cancellation; null when the batch was not cancelled. */
  readonly cancelledAtMs: number | null
  readonly counts: FileCounts
}
