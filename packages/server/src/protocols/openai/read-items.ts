import { readImageUrl } from '../../domain/conversations/image-url.ts'
import type {
  ContentPart,
  InputFile,
  InputImage,
  ItemStatus,
  Message,
  NewItem,
} from '../../domain/conversations/item.ts'
import type { InputItem } from '../../domain/conversations/response.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import {
  isAbsent,
  type JsonObject,
  readId,
  readList,
  readNumber,
  readObject,
  readOneOf,
  readText,
} from '../../domain/read-values.ts'
import { parseAttributes } from '../../domain/vector-stores/parse-attributes.ts'
import { optional, readFileId } from './read-body.ts'

const MAX_ITEMS = 2048
const MAX_PARTS = 1024
const MAX_QUERIES = 64
const MAX_RESULTS = 50
/** Limit of a text in UTF-16 units, as OpenAI's API has it. */
const MAX_TEXT_LENGTH = 10_485_760
/** Base64 of 50 MB. */
const MAX_DATA_LENGTH = 70 * 1024 * 1024
const MAX_NAME_LENGTH = 256
const MAX_URL_LENGTH = MAX_DATA_LENGTH

const ROLES = ['user', 'assistant', 'system', 'developer'] as const
const STATUSES: readonly ItemStatus[] = ['in_progress', 'completed', 'incomplete']
/** Id that this service gave to a search. */
const SEARCH_ID = /^fs_[0-9a-f]{32}$/
const SEARCH_STATUSES = [...STATUSES, 'searching', 'failed'] as const

/**
 * Returns the items of an input: a text is a message of the user. Ids that the client gives to items are ignored. `path`
 * is the place in the request. Throws VALIDATION_ERROR.
 */
export function readInputItems(value: unknown, path: string): InputItem[] {
  if (typeof value !== 'string')
    return readList(value, path, MAX_ITEMS).map((item, index) => readInputItem(item, `${path}[${index}]`))
  const text = readText(value, path, MAX_TEXT_LENGTH)
  return [{ type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_text', text }] }]
}

/** Returns `min` to `max` items that need no other item. Throws VALIDATION_ERROR. */
export function readNewItems(value: unknown, path: string, max: number, min: number): InputItem[] {
  readList(value, path, max, min)
  return readInputItems(value, path).map((item, index) => {
    if (item.type !== 'item_reference' || item.fallback !== null) return item
    throw invalidValue(`${path}[${index}].type`, 'invalid', 'must not be item_reference here')
  })
}

function readInputItem(value: unknown, path: string): InputItem {
  const item = readObject(value, path)
  const type = typeOf(item)
  switch (type) {
    case 'message':
      return readMessage(item, path)
    case 'item_reference':
      return { type, id: readId(item.id, `${path}.id`), fallback: null }
    case 'function_call':
      return {
        type,
        callId: readText(item.call_id, `${path}.call_id`, MAX_NAME_LENGTH, 1),
        name: readText(item.name, `${path}.name`, MAX_NAME_LENGTH, 1),
        arguments: readText(item.arguments, `${path}.arguments`, MAX_TEXT_LENGTH),
        status: readStatus(item, path),
      }
    case 'function_call_output':
      return {
        type,
        callId: readText(item.call_id, `${path}.call_id`, MAX_NAME_LENGTH, 1),
        output:
          typeof item.output === 'string'
            ? readText(item.output, `${path}.output`, MAX_TEXT_LENGTH)
            : readParts(item.output, `${path}.output`),
        status: readStatus(item, path),
      }
    case 'file_search_call':
      return readSearchCall(item, path)
    case 'reasoning':
      return { type, text: readReasoning(item, path), status: readStatus(item, path) }
    default:
      throw invalidValue(`${path}.type`, 'invalid', 'is no type of item that this service accepts', type)
  }
}

/** Returns the type of an item: messages and references may leave it out. */
function typeOf({ type, role, id }: JsonObject): unknown {
  if (!isAbsent(type)) return type
  return isAbsent(role) && !isAbsent(id) ? 'item_reference' : 'message'
}

function readStatus({ status }: JsonObject, path: string): ItemStatus {
  return isAbsent(status) ? 'completed' : readOneOf(status, `${path}.status`, STATUSES)
}

function readMessage(item: JsonObject, path: string): Omit<Message, 'id'> {
  const sent = readOneOf(item.role, `${path}.role`, ROLES)
  const role = sent === 'developer' ? 'system' : sent
  return { type: 'message', role, status: readStatus(item, path), content: readContent(item, role, path) }
}

function readContent({ content }: JsonObject, role: Message['role'], path: string): ContentPart[] {
  if (typeof content !== 'string') return readParts(content, `${path}.content`)
  const text = readText(content, `${path}.content`, MAX_TEXT_LENGTH)
  return [role === 'assistant' ? { type: 'output_text', text, citations: [] } : { type: 'input_text', text }]
}

function readParts(value: unknown, path: string): ContentPart[] {
  return readList(value, path, MAX_PARTS).map((part, index) => readPart(part, `${path}[${index}]`))
}

function readPart(value: unknown, path: string): ContentPart {
  const part = readObject(value, path)
  const text = () => readText(part.text, `${path}.text`, MAX_TEXT_LENGTH)
  switch (part.type) {
    case 'input_text':
      return { type: 'input_text', text: text() }
    case 'output_text':
      return { type: 'output_text', text: text(), citations: readCitations(part, path) }
    case 'refusal':
      return { type: 'refusal', refusal: readText(part.refusal, `${path}.refusal`, MAX_TEXT_LENGTH) }
    case 'input_image':
      return readImage(part, path)
    case 'input_file':
      return readFile(part, path)
    default:
      if (isAbsent(part.type)) throw invalidValue(`${path}.type`, 'missing', 'is required')
      throw invalidValue(
        `${path}.type`,
        'invalid',
        'is no type of content that this service accepts',
        part.type,
      )
  }
}

function readImage(part: JsonObject, path: string): InputImage {
  const url = optional(part.image_url, `${path}.image_url`, (value, at) =>
    readImageUrl(value, at, MAX_URL_LENGTH),
  )
  const fileId = optional(part.file_id, `${path}.file_id`, readFileId)
  const detail = optional(part.detail, `${path}.detail`, (value, at) =>
    readOneOf(value, at, ['auto', 'low', 'high', 'original']),
  )
  requireOne([url, fileId], path, 'image_url and file_id')
  return { type: 'input_image', url, fileId, detail }
}

function readFile(part: JsonObject, path: string): InputFile {
  if (!isAbsent(part.file_url))
    throw invalidValue(`${path}.file_url`, 'unsupported', 'is not supported: send file_id or file_data')
  const fileId = optional(part.file_id, `${path}.file_id`, readFileId)
  const base64 = optional(part.file_data, `${path}.file_data`, readData)
  requireOne([fileId, base64], path, 'file_id and file_data')
  const filename = optional(part.filename, `${path}.filename`, (value, at) => readText(value, at, 1024))
  return { type: 'input_file', fileId, base64, filename, isAttachment: false }
}

function requireOne(sources: readonly unknown[], path: string, names: string): void {
  const count = sources.filter((source) => source !== null).length
  if (count !== 1) throw invalidValue(path, count === 0 ? 'missing' : 'invalid', `must have one of ${names}`)
}

/** Returns the base64 of a data URL (RFC 2397), or of a text that is base64. */
function readData(value: unknown, path: string): string {
  const text = readText(value, path, MAX_DATA_LENGTH, 1)
  const comma = text.indexOf(',')
  const head = comma === -1 ? '' : text.slice(0, comma).toLowerCase()
  const data = text.slice(comma + 1)
  if (head.startsWith('data:') && !head.endsWith(';base64')) return readPercentEncoded(data, path)
  const isBase64 = comma === -1 || head.startsWith('data:')
  if (isBase64 && data !== '' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(data)) return data
  throw invalidValue(path, 'invalid', 'must be base64 or a data URL')
}

/** Returns the base64 of percent-encoded bytes. Characters that should be encoded and are not are their UTF-8. */
function readPercentEncoded(data: string, path: string): string {
  if (data === '' || /%(?![0-9a-f]{2})/i.test(data))
    throw invalidValue(path, 'invalid', 'must be a data URL with percent-encoded data')
  const bytes = Buffer.from(data).toString('latin1')
  const decoded = bytes.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return readText(Buffer.from(decoded, 'latin1').toString('base64'), path, MAX_DATA_LENGTH)
}

/** Returns the citations of a text that a client sends back; other annotations are left out. */
function readCitations({ annotations }: JsonObject, path: string) {
  const entries =
    optional(annotations, `${path}.annotations`, (value, at) => readList(value, at, MAX_PARTS)) ?? []
  return entries.flatMap((value, index) => {
    const at = `${path}.annotations[${index}]`
    const annotation = readObject(value, at)
    if (annotation.type !== 'file_citation') return []
    const short = (member: string) =>
      optional(annotation[member], `${at}.${member}`, (text, place) => readText(text, place, 4096)) ?? ''
    return {
      index: readCount(annotation, 'index', at) ?? 0,
      fileId: readFileId(annotation.file_id, `${at}.file_id`),
      filename: short('filename'),
      vectorStoreId: short('vector_store_id'),
      chunkId: short('chunk_id'),
      ...readPlace(annotation, at),
      quote: short('quote'),
    }
  })
}

/** Returns the place of a text in its file, as this service tells it. Items of other services have none. */
function readPlace(source: JsonObject, path: string) {
  return {
    page: readCount(source, 'page', path),
    startOffset: readCount(source, 'start_offset', path) ?? 0,
    endOffset: readCount(source, 'end_offset', path) ?? 0,
  }
}

function readCount(source: JsonObject, member: string, path: string): number | null {
  return optional(source[member], `${path}.${member}`, (value, at) =>
    readNumber(value, at, 0, Number.MAX_SAFE_INTEGER),
  )
}

/** Returns a search; one without results as a reference to the service's own item, which has them. */
function readSearchCall(item: JsonObject, path: string): InputItem {
  const queries =
    optional(item.queries, `${path}.queries`, (value, at) => readList(value, at, MAX_QUERIES)) ?? []
  const results = optional(item.results, `${path}.results`, (value, at) => readList(value, at, MAX_RESULTS))
  const call: NewItem = {
    type: 'file_search_call',
    status: isAbsent(item.status) ? 'completed' : readOneOf(item.status, `${path}.status`, SEARCH_STATUSES),
    queries: queries.map((query, index) => readText(query, `${path}.queries[${index}]`, MAX_TEXT_LENGTH)),
    results:
      results === null ? null : results.map((value, index) => readResult(value, `${path}.results[${index}]`)),
  }
  if (results !== null || typeof item.id !== 'string' || !SEARCH_ID.test(item.id)) return call
  return { type: 'item_reference', id: item.id, fallback: call }
}

function readResult(value: unknown, path: string) {
  const result = readObject(value, path)
  const text = (member: string) =>
    optional(result[member], `${path}.${member}`, (one, at) => readText(one, at, MAX_TEXT_LENGTH)) ?? ''
  return {
    fileId: optional(result.file_id, `${path}.file_id`, readFileId) ?? '',
    filename: text('filename'),
    vectorStoreId: text('vector_store_id'),
    chunkId: text('chunk_id'),
    ...readPlace(result, path),
    score: optional(result.score, `${path}.score`, (one, at) => readNumber(one, at, 0, 1)) ?? 0,
    attributes: optional(result.attributes, `${path}.attributes`, parseAttributes) ?? {},
    text: text('text'),
  }
}

/** Returns the text of the reasoning, or of its summary. */
function readReasoning(item: JsonObject, path: string): string {
  const textsOf = (member: string) =>
    (optional(item[member], `${path}.${member}`, (value, at) => readList(value, at, MAX_PARTS)) ?? []).map(
      (part, index) => {
        const at = `${path}.${member}[${index}]`
        return readText(readObject(part, at).text, `${at}.text`, MAX_TEXT_LENGTH)
      },
    )
  const [content, summary] = [textsOf('content'), textsOf('summary')]
  return (content.length > 0 ? content : summary).join('\n')
}
