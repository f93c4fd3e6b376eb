import type { Caller } from '../../domain/access/caller.ts'
import { estimateCompletionSeconds } from '../../domain/vector-stores/estimate-completion.ts'
import { isInProgress, type StoreFile } from '../../domain/vector-stores/store-file.ts'
import type { Context } from '../context.ts'

/** Age up to which an ended indexing says something about the present speed. */
const RECENT_MS = 60 * 60 * 1000

/** File of a store with the estimated seconds until it is indexed; null when they are unknown, and afterwards. */
export interface EstimatedStoreFile extends StoreFile {
  readonly completionSeconds: number | null
}

/** Adds estimates to files of the caller's organization. Asks the database only when one of them is in progress. */
export async function estimateCompletion(
  { database, knowledge, now }: Pick<Context, 'database' | 'knowledge' | 'now'>,
  { organizationId }: Pick<Caller, 'organizationId'>,
  files: readonly StoreFile[],
): Promise<EstimatedStoreFile[]> {
  const ids = files.filter(isInProgress).map(({ id }) => id)
  if (ids.length === 0) return files.map((file) => ({ ...file, completionSeconds: null }))
  const nowMs = now()
  const model = knowledge.embedder?.model ?? null
  const { indexing } = database.vectorStores
  const pace = await indexing.readPace(organizationId, ids, { model, sinceMs: nowMs - RECENT_MS })
  return files.map((file) => ({ ...file, completionSeconds: estimateCompletionSeconds(file, pace, nowMs) }))
}
