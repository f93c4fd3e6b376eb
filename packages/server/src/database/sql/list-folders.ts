import { folderOfPrefix, folderPrefix } from '../../domain/files/folder.ts'
import type { FileRecords } from '../records/files.ts'
import type { FileSearchDialect } from './file-search-dialect.ts'
import { LIVE_FILE } from './file-statements.ts'
import { folderEnd } from './search-conditions.ts'
import type { Statements } from './statements.ts'

/** The first character of the order that a name may have. */
const FIRST_CHARACTER = ' '

/** Creates the list of folders: each one is found by one seek in the index of paths, behind all paths below the last one. */
export function createFolderList(
  { all }: Pick<Statements, 'all'>,
  { readFrom, byteOrder, position }: FileSearchDialect,
): Pick<FileRecords, 'listFolders'> {
  return {
    listFolders: async (organizationId, path, after, limit) => {
      const parent = folderPrefix(path)
      const isBelow = path === '' ? '' : 'AND path < $end'
      const next = (from: string) => `(
        SELECT substr(path, 1, $parentLength + ${position(`substr(path, $parentLength + 1)`, "'/'")}) ${byteOrder}
        FROM ${readFrom('files_by_path')} WHERE ${LIVE_FILE} AND path >= ${from} ${isBelow} ORDER BY path LIMIT 1)`
      const rows = await all(
        `WITH RECURSIVE folders (folder) AS (
           SELECT ${next('$start')}
           UNION ALL
           SELECT ${next("(substr(folder, 1, length(folder) - 1) || '0')")} FROM folders WHERE folder IS NOT NULL
         ) SELECT folder FROM folders WHERE folder IS NOT NULL LIMIT $limit + 1`,
        {
          organizationId,
          start: after === null ? `${parent}${FIRST_CHARACTER}` : folderEnd(after),
          ...(path !== '' && { end: folderEnd(path) }),
          parentLength: [...parent].length,
          limit,
        },
      )
      const paths = rows.slice(0, limit).map(({ folder }) => folderOfPrefix(String(folder)))
      return { paths, hasMore: rows.length > limit }
    },
  }
}
