import { endUpload } from '../../operations/uploads/end-upload.ts'
import { isStorageError, type SweepContext } from './sweep-run.ts'

export interface EndedUploads {
  readonly ended: number
  readonly failed: number
  /** The last of them; null where none failed. */
  readonly failure: Error | null
}

/** Ends the uploads at the provider that could not be ended there when their sessions were, at most `limit`. */
export async function endUploads(
  context: SweepContext,
  limit: number,
  signal: AbortSignal,
): Promise<EndedUploads> {
  let ended = 0
  let failed = 0
  let failure: Error | null = null
  for (const session of await context.database.housekeeping.listUnendedUploads(limit)) {
    if (signal.aborted) break
    try {
      await endUpload(context, session)
      ended++
    } catch (error) {
      if (!isStorageError(error)) throw error
      failed++
      failure = error
    }
  }
  return { ended, failed, failure }
}
