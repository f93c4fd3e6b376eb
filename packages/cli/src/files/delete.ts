import type { CommandIo } from '../command-io.ts'
import { type Change, changeEach, deletion } from './change-each.ts'

interface DeleteOptions {
  readonly permanent?: boolean
  readonly json?: boolean
}

const TRASH: Change = {
  name: 'deleted',
  textOf: (id) => `Moved ${id} to the trash.`,
  apply: ({ files }, id) => files.trash(id),
}

/** Moves files to the trash, or deletes them permanently. */
export function deleteFiles(
  io: CommandIo,
  ids: readonly string[],
  { permanent, json = false }: DeleteOptions,
): Promise<void> {
  return changeEach(io, ids, { json }, permanent ? deletion(({ files }, id) => files.delete(id)) : TRASH)
}
