import type { Caller } from '../../domain/access/caller.ts'
import type { Item, Message } from '../../domain/conversations/item.ts'
import type { ResponseOptions, ResponseRequest } from '../../domain/conversations/response.ts'
import { createId } from '../../domain/ids.ts'
import { type FileContents, loadContents } from './load-contents.ts'
import { readHistory, readInput } from './read-history.ts'
import type { ResponseContext } from './run-response.ts'
import { queriesOfNewest } from './search-files.ts'

/** Everything that a request gives to the model, without the results of searches. */
export interface RequestContext extends FileContents {
  /** Items before the input, oldest first. */
  readonly history: readonly Item[]
  /** Items of the request with their ids. */
  readonly input: readonly Item[]
}

/** Reads what a request continues, and its files. Throws the errors of `readHistory`, `readInput` and `loadContents`. */
export async function readContext(
  context: ResponseContext,
  caller: Caller,
  request: ResponseRequest,
  signal: AbortSignal,
): Promise<RequestContext> {
  const { organizationId } = caller
  const expiresAtMs = context.now() + context.limits.models.responseMs
  const history = await readHistory(context, organizationId, request, expiresAtMs)
  const input = await readInput(context, organizationId, request, history, expiresAtMs)
  const retrieved = toRetrieved(request)
  const isRetrieval = request.tools.some(({ type }) => type === 'file_retrieval')
  const question = queriesOfNewest(input)[0] ?? ''
  const { input: sent, longFiles } = request
  const files = { sent, history, input, retrieved, isRetrieval, longFiles, question }
  const loaded = await loadContents(context, caller, files, signal)
  return { ...loaded, input, history: retrieved === null ? history : [...history, retrieved] }
}

/** Returns the files of a file_retrieval tool as a message for the model; null when there are none. */
function toRetrieved({ tools }: ResponseOptions): Message | null {
  const fileIds = tools.flatMap((tool) => (tool.type === 'file_retrieval' ? tool.fileIds : []))
  if (fileIds.length === 0) return null
  const content = fileIds.map(
    (fileId) => ({ type: 'input_file', fileId, base64: null, filename: null, isAttachment: false }) as const,
  )
  return { type: 'message', id: createId('msg'), role: 'user', status: 'completed', content }
}
