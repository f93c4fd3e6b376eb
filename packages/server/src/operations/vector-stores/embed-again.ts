import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

/** Time before a file whose embedding failed is tried again. */
const RETRY_MS = 60 * 60 * 1000

/**
 * Queues up to `limit` completed files for indexing that lack vectors of the present model, because the operator has
 * changed it. Their chunks go on answering meanwhile. Returns the number of queued files; 0 without a model.
 */
export const embedAgain = defineOperation(
  { action: 'embedAgain', kind: 'routine', scope: 'operator' },
  async (
    { database, knowledge, now }: Pick<Context, 'database' | 'knowledge' | 'now'>,
    _caller: Caller<null>,
    limit: number,
  ): Promise<number> => {
    const { embedder } = knowledge
    if (embedder === null) return 0
    const { vectorStores } = database
    const places = await vectorStores.indexing.listLackingVectors(embedder.model, now() - RETRY_MS, limit)
    for (const { organizationId, storeId, fileId } of places) {
      const viewer = { organizationId, actorId: null, seesAll: true }
      await vectorStores.retryFile(viewer, storeId, fileId, false, now())
    }
    if (places.length > 0) knowledge.wakeQueue()
    return places.length
  },
)
