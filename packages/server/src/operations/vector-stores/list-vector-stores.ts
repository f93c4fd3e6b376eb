import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Page } from '../../domain/page.ts'
import type { AccessMode } from '../../domain/vector-stores/store-access.ts'
import type { VectorStore } from '../../domain/vector-stores/vector-store.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { type CursorInput, resolveCursors } from './cursor.ts'
import { viewerOf } from './find-store.ts'

export interface VectorStoreListInput extends CursorInput {
  /** Case-insensitive part of the name or description; null for all stores. */
  readonly search: string | null
  readonly accessMode: AccessMode | null
  readonly sort: 'createdAt' | 'updatedAt' | 'name' | 'dataBytes' | 'fileCount'
}

/** Lists the stores that the caller may see. Throws VALIDATION_ERROR for an unknown cursor. */
export const listVectorStores = defineOperation(
  { action: 'listVectorStores', kind: 'read', scope: 'vector_stores:read' },
  async (
    context: Pick<Context, 'database'>,
    caller: Caller,
    input: VectorStoreListInput,
  ): Promise<Page<VectorStore>> => {
    const { vectorStores } = context.database
    const viewer = viewerOf(caller)
    checkSort(input)
    const request = await resolveCursors(input, (id) => vectorStores.findPosition(viewer, id))
    const { search, accessMode, sort } = input
    return vectorStores.list(viewer, { ...request, search, accessMode, sort })
  },
)

/** Cursors are positions by creation time. */
function checkSort({ sort, after, before }: VectorStoreListInput): void {
  if (sort === 'createdAt' || (after === null && before === null)) return
  const field = after === null ? 'before' : 'after'
  throw new ServiceError('VALIDATION_ERROR', `${field} needs the sort by created_at`, {
    field,
    value: after ?? before,
  })
}
