import { deleteRemainingUpload } from '../../operations/uploads/delete-upload-bytes.ts'
import { isStorageError, type SweepContext, type SweepRun } from './sweep-run.ts'

export interface RemainingBytes {
  /** Number of sessions whose bytes were deleted. */
  readonly deleted: number
  readonly failed: number
  /** The last failure; null when there was none. */
  readonly failure: Error | null
}

/**
 * Deletes the bytes of cancelled and expired sessions that the provider could not delete when the sessions ended, of at
 * most `limit` sessions.
 */
export async function deleteRemainingBytes(
  context: SweepContext,
  { caller, signal }: Pick<SweepRun, 'caller' | 'signal'>,
  limit: number,
): Promise<RemainingBytes> {
  let deleted = 0
  let failed = 0
  let failure: Error | null = null
  for (const session of await context.database.housekeeping.listUndeletedUploads(limit)) {
    if (signal.aborted) break
    try {
      const { organizationId } = session
      await deleteRemainingUpload(context, { ...caller, organizationId }, session)
      deleted++
    } catch (error) {
      if (!isStorageError(error)) throw error
      failed++
      failure = error
    }
  }
  return { deleted, failed, failure }
}
