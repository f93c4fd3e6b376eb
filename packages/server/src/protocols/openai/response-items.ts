import type {
  Citation,
  ContentPart,
  FileSearchCall,
  FunctionCallOutput,
  Item,
  Message,
} from '../../domain/conversations/item.ts'
import { openaiFileId } from './file-id.ts'
import type { Include } from './include.ts'

/** Item as clients of OpenAI's API see it. */
export interface ItemObject extends Readonly<Record<string, unknown>> {
  readonly id: string
  readonly type: string
}

/** Returns an item in the form of OpenAI's API. */
export function toItemObject(item: Item, include: Include): ItemObject {
  const { id, type, status } = item
  switch (item.type) {
    case 'message':
      return toMessage(item)
    case 'function_call':
      return { id, type, status, call_id: item.callId, name: item.name, arguments: item.arguments }
    case 'function_call_output':
      return { id, type, status, call_id: item.callId, output: toOutput(item) }
    case 'file_search_call':
      return toSearchCall(item, include)
    case 'reasoning':
      return { id, type, status, summary: [], content: [{ type: 'reasoning_text', text: item.text }] }
  }
}

function toMessage({ id, type, status, role, content }: Message): ItemObject {
  return { id, type, status, role, content: content.map(toPartObject) }
}

function toOutput({ output }: FunctionCallOutput): unknown {
  return typeof output === 'string' ? output : output.map(toPartObject)
}

function toSearchCall({ id, type, status, queries, results }: FileSearchCall, include: Include): ItemObject {
  const shown = results.map(
    ({ fileId, filename, vectorStoreId, chunkId, page, score, attributes, text }) => ({
      ...{ file_id: openaiFileId(fileId), filename, score, attributes, text },
      ...{ vector_store_id: vectorStoreId, chunk_id: chunkId, page },
    }),
  )
  return { id, type, status, queries, results: include.isWithSearchResults ? shown : null }
}

/** Returns a part of a message in the form of OpenAI's API. */
export function toPartObject(part: ContentPart): Readonly<Record<string, unknown>> {
  const { type } = part
  switch (part.type) {
    case 'input_text':
      return { type, text: part.text }
    case 'output_text':
      return { type, text: part.text, annotations: part.citations.map(toAnnotation), logprobs: [] }
    case 'refusal':
      return { type, refusal: part.refusal }
    case 'input_image':
      return {
        ...{ type, detail: part.detail ?? 'auto', image_url: part.url },
        file_id: part.fileId === null ? null : openaiFileId(part.fileId),
      }
    case 'input_file':
      return {
        type,
        ...(part.fileId !== null && { file_id: openaiFileId(part.fileId) }),
        ...(part.base64 !== null && { file_data: part.base64 }),
        ...(part.filename !== null && { filename: part.filename }),
      }
  }
}

/** Returns the annotation of a text for a citation. */
export function toAnnotation({ index, fileId, filename, chunkId, page, quote }: Citation) {
  return {
    ...{ type: 'file_citation', index, file_id: openaiFileId(fileId), filename },
    ...{ chunk_id: chunkId, page, quote },
  }
}
