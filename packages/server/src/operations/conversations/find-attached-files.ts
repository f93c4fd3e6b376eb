import type { Caller } from '../../domain/access/caller.ts'
import type { Item } from '../../domain/conversations/item.ts'
import type { File } from '../../domain/files/file.ts'
import type { Context } from '../context.ts'

/** Returns the Files that messages name, by their ids. Deleted ones are not in it. */
export async function findAttachedFiles(
  { database }: Pick<Context, 'database'>,
  { organizationId }: Caller,
  items: readonly Item[],
): Promise<ReadonlyMap<string, File>> {
  const ids = new Set(
    items.flatMap((item) =>
      item.type === 'message'
        ? item.content.flatMap((part) => ('fileId' in part && part.fileId !== null ? [part.fileId] : []))
        : [],
    ),
  )
  const files = await Promise.all([...ids].map((id) => database.files.find(organizationId, id)))
  return new Map(files.flatMap((file) => (file === null ? [] : [[file.id, file] as const])))
}
