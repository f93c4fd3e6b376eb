import { randomUUID } from 'node:crypto'
import type { StorePlace } from '../../domain/vector-stores/vector-store.ts'
import type { FileChange, StoreFeed } from '../search-index.ts'
import type { AppliedChange } from './apply-changes.ts'
import type { WorkerPool } from './worker-pool.ts'

/** Changes that are asked for at once. */
const PAGE_CHANGES = 100
/** Compressed bytes of a transaction. It delays the searches of its thread, so it is small. */
const BATCH_BYTES = 128 * 1024

/**
 * Applies all changes of the store. Ends early when another process applies the same ones: then the position tells what
 * is left.
 */
export async function followFeed(pool: WorkerPool, feed: StoreFeed, store: StorePlace): Promise<void> {
  const { storeId } = store
  const writer = createBatchWriter(pool, storeId, await pool.call('position', storeId, null))
  let afterSeq = writer.position()
  let isComparingAll = false
  for (;;) {
    const page = await feed.changesAfter(store, afterSeq, PAGE_CHANGES)
    if (!page.isComplete && !isComparingAll) {
      isComparingAll = true
      afterSeq = 0
      continue
    }
    const wanted = page.changes.filter(hasDocument)
    const missing = new Set(await pool.call('missing', storeId, wanted))
    for (const change of page.changes) {
      const isMissing = missing.has(change.fileId)
      for await (const applied of appliedChanges(feed, store, change, isMissing)) {
        if (!(await writer.add(applied))) return
      }
      if (!isComparingAll) writer.reach(change.seq)
    }
    afterSeq = page.seq
    if (page.hasMore) continue
    if (isComparingAll && !(await writer.add({ kind: 'remove-unseen' }))) return
    writer.reach(page.seq)
    await writer.flush()
    return
  }
}

const hasDocument = (change: FileChange): change is FileChange & { revision: string } =>
  change.revision !== null

async function* appliedChanges(
  feed: StoreFeed,
  store: StorePlace,
  { fileId, revision, attributes }: FileChange,
  isMissing: boolean,
): AsyncGenerator<AppliedChange> {
  if (revision === null) {
    yield { kind: 'remove', fileId }
    return
  }
  if (!isMissing) {
    yield { kind: 'keep', fileId, attributes }
    return
  }
  let isFirst = true
  let part: Uint8Array | null = null
  for await (const next of feed.readDocument(store, fileId, revision)) {
    if (part !== null) {
      yield { kind: 'part', fileId, revision, attributes, part, isFirst, isLast: false }
      isFirst = false
    }
    part = next
  }
  // A revision without parts was replaced meanwhile: a later change of the feed brings the new one.
  if (part === null) yield { kind: 'keep', fileId, attributes }
  else yield { kind: 'part', fileId, revision, attributes, part, isFirst, isLast: true }
}

interface BatchWriter {
  /** Adds a change, and applies the batch when it is large enough. False when another process was faster. */
  add(change: AppliedChange): Promise<boolean>
  /** Notes that all changes up to `seq` are added. */
  reach(seq: number): void
  flush(): Promise<boolean>
  position(): number
}

function createBatchWriter(pool: WorkerPool, storeId: string, position: number): BatchWriter {
  const run = randomUUID()
  let expectedSeq = position
  let reachedSeq: number | null = null
  let changes: AppliedChange[] = []
  let bytes = 0

  const flush = async (): Promise<boolean> => {
    if (changes.length === 0 && reachedSeq === null) return true
    const isApplied = await pool.call('apply', storeId, { run, expectedSeq, changes, reachedSeq })
    expectedSeq = reachedSeq ?? expectedSeq
    reachedSeq = null
    changes = []
    bytes = 0
    return isApplied
  }

  return {
    add: async (change) => {
      const size = change.kind === 'part' ? change.part.byteLength : 0
      const isFull = bytes + size > BATCH_BYTES || changes.length >= PAGE_CHANGES
      if (isFull && changes.length > 0 && !(await flush())) return false
      changes.push(change)
      bytes += size
      return true
    },
    reach: (seq) => {
      reachedSeq = seq
    },
    flush,
    position: () => expectedSeq,
  }
}
