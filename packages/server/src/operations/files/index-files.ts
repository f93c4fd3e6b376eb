import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

/** Adds at most `limit` files to the indexes of searches; returns their number. Not audited: it is part of the upload. */
export const indexFiles = defineOperation(
  { action: 'indexFiles', kind: 'routine', scope: 'operator' },
  ({ database }: Pick<Context, 'database'>, _caller: Caller<null>, limit: number): Promise<number> =>
    database.files.indexForSearch(limit),
)
