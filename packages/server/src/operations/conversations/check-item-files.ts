import { type Caller, checkScope } from '../../domain/access/caller.ts'
import type { ContentPart, NewItem } from '../../domain/conversations/item.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'

/**
 * Checks the Files that new items name. `path` is the name of the list of items in the request. Throws FILE_NOT_FOUND
 * with the `field`, and INSUFFICIENT_PERMISSIONS for a caller that may not read files.
 */
export async function checkItemFiles(
  { database }: Pick<Context, 'database'>,
  caller: Caller,
  items: readonly NewItem[],
  path: string,
): Promise<void> {
  const known = new Set<string>()
  for (const [index, item] of items.entries()) {
    for (const [place, part] of partsOf(item).entries()) {
      const fileId = 'fileId' in part ? part.fileId : null
      if (fileId === null || known.has(fileId)) continue
      checkScope(caller, 'files:read')
      if ((await database.files.find(caller.organizationId, fileId)) === null) {
        const field = `${path}[${index}].content[${place}].file_id`
        throw new ServiceError('FILE_NOT_FOUND', 'there is no such file', { field, file_id: fileId })
      }
      known.add(fileId)
    }
  }
}

function partsOf(item: NewItem): readonly ContentPart[] {
  if (item.type === 'message') return item.content
  return item.type === 'function_call_output' && typeof item.output !== 'string' ? item.output : []
}
