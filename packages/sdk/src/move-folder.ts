import type { CallOptions } from './api.ts'
import type { ListFilesQuery, UpdateFileBody, WaybillFile } from './api-types.ts'
import { NotFoundError, ValidationError } from './errors.ts'

export interface MoveFolderOptions {
  readonly signal?: AbortSignal | undefined
  /** Called with each file after it was moved. */
  readonly onMoved?: (file: WaybillFile) => void
}

/** Calls of the API that a move consists of. */
interface FileCalls {
  list(query: ListFilesQuery, options: CallOptions): AsyncIterable<WaybillFile>
  update(fileId: string, body: UpdateFileBody, options: CallOptions): Promise<WaybillFile>
}

/** Files that are moved at the same time. */
const MAX_MOVES = 4

/**
 * Moves the files of a folder and below it, one by one. Skips those that are gone. Goes on when the service refuses a file
 * by itself, and ends with every other error. Rejects with the first error.
 */
export async function moveFolder(
  { list, update }: FileCalls,
  from: string,
  to: string,
  { signal, onMoved }: MoveFolderOptions,
): Promise<number> {
  const [source, target] = [trimmed(from), trimmed(to)]
  // Moved files would be found again.
  if (source === '' || `${target}/`.startsWith(`${source}/`))
    throw new RangeError('A folder cannot be moved into itself.')
  const files = list({ path: source, limit: 100 }, { signal })[Symbol.asyncIterator]()
  let moved = 0
  let failure: { readonly error: unknown } | null = null
  let isEnding = false
  const work = async () => {
    try {
      for (let next = await files.next(); !next.done && !isEnding; next = await files.next()) {
        const { id, path } = next.value
        const below = trimmed((path ?? '').slice(source.length))
        try {
          const file = await update(id, { path: [target, below].filter(Boolean).join('/') }, { signal })
          moved++
          onMoved?.(file)
        } catch (error) {
          if (error instanceof NotFoundError) continue
          if (!(error instanceof ValidationError)) throw error
          failure ??= { error }
        }
      }
    } catch (error) {
      isEnding = true
      failure ??= { error }
    }
  }
  await Promise.all(Array.from({ length: MAX_MOVES }, work))
  if (failure !== null) throw (failure as { error: unknown }).error
  return moved
}

const trimmed = (folder: string): string => folder.replace(/^\/+|\/+$/g, '')
