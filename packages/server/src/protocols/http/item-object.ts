import type {
  Citation,
  ContentPart,
  FileSearchCall,
  FunctionCallOutput,
  Item,
  Message,
} from '../../domain/conversations/item.ts'

/** Differences between the protocols that show items. */
export interface Rendering {
  /** Returns the id of a File in the spelling of the protocol. */
  fileIdOf(id: string): string
  /** True when the client asks for the results of searches. */
  readonly isWithSearchResults: boolean
}

/** Item as clients see it. */
export interface ItemObject extends Readonly<Record<string, unknown>> {
  readonly id: string
  readonly type: string
}

/** Returns an item in the form of OpenAI's Responses API. */
export function toItemObject(item: Item, rendering: Rendering): ItemObject {
  const { id, type, status } = item
  switch (item.type) {
    case 'message':
      return toMessage(item, rendering)
    case 'function_call':
      return { id, type, status, call_id: item.callId, name: item.name, arguments: item.arguments }
    case 'function_call_output':
      return { id, type, status, call_id: item.callId, output: toOutput(item, rendering) }
    case 'file_search_call':
      return toSearchCall(item, rendering)
    case 'reasoning':
      return { id, type, status, summary: [], content: [{ type: 'reasoning_text', text: item.text }] }
  }
}

function toMessage({ id, type, status, role, content }: Message, rendering: Rendering): ItemObject {
  return { id, type, status, role, content: content.map((part) => toPartObject(part, rendering)) }
}

function toOutput({ output }: FunctionCallOutput, rendering: Rendering): unknown {
  return typeof output === 'string' ? output : output.map((part) => toPartObject(part, rendering))
}

function toSearchCall(
  { id, type, status, queries, results }: FileSearchCall,
  { fileIdOf, isWithSearchResults }: Rendering,
): ItemObject {
  const isRunning = status === 'in_progress' || status === 'searching'
  if (results === null || isRunning || !isWithSearchResults)
    return { id, type, status, queries, results: null }
  const shown = results.map(
    ({
      fileId,
      filename,
      vectorStoreId,
      chunkId,
      page,
      startOffset,
      endOffset,
      score,
      attributes,
      text,
    }) => ({
      ...{ file_id: fileIdOf(fileId), filename, score, attributes, text },
      ...{ vector_store_id: vectorStoreId, chunk_id: chunkId, page },
      ...{ start_offset: startOffset, end_offset: endOffset },
    }),
  )
  return { id, type, status, queries, results: shown }
}

/** Returns a part of a message in the form of OpenAI's Responses API. */
export function toPartObject(part: ContentPart, rendering: Rendering): Readonly<Record<string, unknown>> {
  const { fileIdOf } = rendering
  const { type } = part
  switch (part.type) {
    case 'input_text':
      return { type, text: part.text }
    case 'output_text':
      return {
        type,
        text: part.text,
        annotations: part.citations.map((citation) => toAnnotation(citation, rendering)),
        logprobs: [],
      }
    case 'refusal':
      return { type, refusal: part.refusal }
    case 'input_image':
      return {
        ...{ type, detail: part.detail ?? 'auto', image_url: part.url },
        file_id: part.fileId === null ? null : fileIdOf(part.fileId),
      }
    case 'input_file':
      return {
        type,
        ...(part.fileId !== null && { file_id: fileIdOf(part.fileId) }),
        ...(part.base64 !== null && { file_data: part.base64 }),
        ...(part.filename !== null && { filename: part.filename }),
      }
  }
}

/** Returns the annotation of a text for a citation. */
export function toAnnotation(
  { index, fileId, filename, chunkId, page, startOffset, endOffset, quote }: Citation,
  { fileIdOf }: Rendering,
) {
  return {
    ...{ type: 'file_citation', index, file_id: fileIdOf(fileId), filename },
    ...{ chunk_id: chunkId, page, start_offset: startOffset, end_offset: endOffset, quote },
  }
}
