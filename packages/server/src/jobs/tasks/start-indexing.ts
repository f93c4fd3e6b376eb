import type { INDEXING_TASK, OCR_TASK } from '../../database/records/vector-stores.ts'
import {
  giveUpIndexing,
  type IndexingContext,
  indexStoreFile,
} from '../../operations/vector-stores/index-store-file.ts'
import { createQueue, type Queue } from '../queue/create-queue.ts'
import type { SweepLog } from './start-sweeping.ts'

export interface IndexingLimits {
  /** Files that this process indexes at the same time; 0 leaves indexing to other processes. */
  readonly concurrency: number
  /** Time for the indexing of a file from its first attempt, the later ones included. */
  readonly deadlineMs: number
}

/** Files of one organization that all processes index at the same time, so that the files of others do not wait. */
const MAX_PER_ORGANIZATION = 4

/** Starts a queue that indexes files of vector stores: those that wait for OCR, or all others. */
export function startIndexing(
  context: IndexingContext,
  kind: typeof INDEXING_TASK | typeof OCR_TASK,
  { concurrency, deadlineMs }: IndexingLimits,
  log: SweepLog,
): Queue {
  return createQueue({
    tasks: context.database.tasks,
    handler: {
      kind,
      handle: (task, signal) => indexStoreFile(context, task, signal),
      giveUp: (task, error) => giveUpIndexing(context, task, error),
    },
    concurrency,
    maxPerOrganization: MAX_PER_ORGANIZATION,
    deadlineMs,
    now: context.now,
    onFailure: (err, task) =>
      task
        ? log.warn({ err, association: task.key, attempt: task.attempt }, 'a file could not be indexed')
        : log.warn({ err }, 'the files to index could not be looked up'),
  })
}
