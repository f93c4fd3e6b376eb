import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { type Caller, checkScope } from '../../domain/access/caller.ts'
import type { ContentPart, InputFile, InputImage, Item, Message } from '../../domain/conversations/item.ts'
import type { InputItem, ResponseRequest } from '../../domain/conversations/response.ts'
import { type ErrorCode, ServiceError } from '../../domain/errors.ts'
import { detectContentType } from '../../domain/files/content-type/detect-content-type.ts'
import { ExtractionFailure } from '../../knowledge/text-extractor.ts'
import { findFile } from '../files/get-file.ts'
import { inspectBytes } from '../files/inspect-content.ts'
import { asData, type ChatPart } from './chat-messages.ts'
import { extractText } from './extract-text.ts'
import { type Excess, type FileText, fitFileTexts, type Space, textOf } from './fit-file-texts.ts'
import { type FileSource, readFileText } from './read-file-text.ts'
import type { ResponseContext } from './run-response.ts'

/** Part of a message that names a file or brings it along, and its place in the request; null for an earlier turn. */
interface FilePlace {
  readonly part: InputFile | InputImage
  readonly field: string | null
}

const MAX_FILES = 20
/** Files whose bytes or complete texts the model gets, together. */
const MAX_COMPLETE_BYTES = 50 * 1024 * 1024
/** A file of which the model gets no more text than there is space. */
const MAX_LONG_FILE_BYTES = 512 * 1024 * 1024
const UNNAMED = 'file'
const GONE: readonly ChatPart[] = [{ type: 'text', text: '[This file is no longer available.]' }]

/** Files of a request, as the model sees them. */
export interface FileContents {
  readonly contents: ReadonlyMap<InputFile | InputImage, readonly ChatPart[]>
  /** Files whose text was cut, because it did not fit. */
  readonly truncatedFileIds: readonly string[]
}

export interface FileRequest {
  /** Items as the client sent them; errors name the places of their files. */
  readonly sent: readonly InputItem[]
  readonly history: readonly Item[]
  readonly input: readonly Item[]
  /** Message of the service's own with the files of a file_retrieval tool; it comes before the input. */
  readonly retrieved: Message | null
  /** True when the texts of all files are cut at the space for files. */
  readonly isRetrieval: boolean
  readonly longFiles: ResponseRequest['longFiles']
  readonly question: string
}

/** Text of a file that waits for its share of the space for files. */
interface Waiting {
  readonly part: InputFile | InputImage
  readonly filename: string
  readonly text: FileText
}

/**
 * Returns what the model sees of the files in the items. At most 20 files: the input's own first, then the newest of the
 * history, whose older and deleted files become a note. Files that a message carries beside its content, those of
 * file_retrieval, and all files of a request with `longFiles: 'relevant'` share the space for files, and have at most 512 MB
 * each. Other files are given completely, and have at most 50 MB together.
 * Throws FILE_NOT_FOUND, UNSUPPORTED_FILE_TYPE and VALIDATION_ERROR for a file of the input, and
 * INSUFFICIENT_PERMISSIONS when the caller names a file and lacks `files:read`.
 */
export async function loadContents(
  context: ResponseContext,
  caller: Caller,
  request: FileRequest,
  signal: AbortSignal,
): Promise<FileContents> {
  const { fileInput, fileContextTokens } = context.limits.models
  const space = { question: request.question, maxTokens: fileContextTokens }
  const contents = new Map<InputFile | InputImage, readonly ChatPart[]>()
  const waiting: Waiting[] = []
  let freeBytes = MAX_COMPLETE_BYTES
  for (const place of placesOf(request)) {
    const { part } = place
    const source = contents.size < MAX_FILES ? await findSource(context, caller, place) : null
    contents.set(part, GONE)
    if (source === null) continue
    const { filename, sizeBytes } = source
    const isImage = typeOf(source).startsWith('image/')
    const excess = isImage || fileInput === 'native' ? null : excessOf(request, part)
    if (!hasRoom(place, sizeBytes, excess === null ? freeBytes : MAX_LONG_FILE_BYTES)) continue
    try {
      if (excess !== null) {
        const text = await readFileText(context, caller, source, excess, space, signal)
        waiting.push({ part, filename, text })
        continue
      }
      freeBytes -= sizeBytes
      contents.set(part, [await readCompletely(context, source, part, signal)])
    } catch (error) {
      throw error instanceof ExtractionFailure ? unreadable(error, place.field) : error
    }
  }
  const truncatedFileIds = await addFitted(context, contents, waiting, space, signal)
  return { contents, truncatedFileIds }
}

/** Adds the texts that share the space. Returns the ids of Files whose text was cut. */
async function addFitted(
  context: ResponseContext,
  contents: Map<InputFile | InputImage, readonly ChatPart[]>,
  waiting: readonly Waiting[],
  space: Space,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const texts = waiting.map(({ text }) => text)
  const fitted = await fitFileTexts(context, texts, space, signal)
  const truncated = new Set<string>()
  for (const [index, { part, filename }] of waiting.entries()) {
    const { text, isTruncated } = fitted[index] ?? { text: '', isTruncated: false }
    contents.set(part, [toFileText(filename, text)])
    if (isTruncated && part.fileId !== null) truncated.add(part.fileId)
  }
  return [...truncated]
}

/** Returns the part of a long text that the model gets; null when it gets all of every text. */
function excessOf({ isRetrieval, longFiles }: FileRequest, part: InputFile | InputImage): Excess | null {
  if (isRetrieval) return 'beginning'
  const isAttachment = part.type === 'input_file' && part.isAttachment
  return isAttachment || longFiles === 'relevant' ? 'relevant' : null
}

/** Returns false for a file of the history that is too large. Throws VALIDATION_ERROR for one of the input. */
function hasRoom({ field }: FilePlace, sizeBytes: number, freeBytes: number): boolean {
  if (sizeBytes <= freeBytes) return true
  if (field === null) return false
  throw new ServiceError(
    'VALIDATION_ERROR',
    `a file has at most ${MAX_LONG_FILE_BYTES} bytes, and files that are given completely have at most ${MAX_COMPLETE_BYTES} together`,
    { field },
  )
}

function toFileText(filename: string, text: string): ChatPart {
  return { type: 'text', text: `<file name=${asData(JSON.stringify(filename))}>\n${asData(text)}\n</file>` }
}

/** Returns the files of a request in the order in which they get room. */
function placesOf({ sent, history, input, retrieved }: FileRequest): readonly FilePlace[] {
  const sentAt = new Map(filesOf(sent, 'input').map(({ part, field }) => [part, field]))
  const named = filesOf(input, null).map(({ part }) => ({ part, field: sentAt.get(part) ?? null }))
  const ofInput = [...filesOf(retrieved === null ? [] : [retrieved], 'tools'), ...named]
  if (ofInput.length > MAX_FILES)
    throw new ServiceError('VALIDATION_ERROR', `a request has at most ${MAX_FILES} files`, { field: 'input' })
  return [...ofInput, ...filesOf(history, null).toReversed()]
}

function filesOf(items: readonly InputItem[], list: 'input' | 'tools' | null): readonly FilePlace[] {
  return items.flatMap((item, itemIndex) =>
    contentOf(item).flatMap((part, partIndex) => {
      if (part.type !== 'input_file' && part.type !== 'input_image') return []
      if (part.type === 'input_image' && part.fileId === null) return []
      return [{ part, field: fieldOf(list, item, itemIndex, partIndex) }]
    }),
  )
}

function fieldOf(
  list: 'input' | 'tools' | null,
  { type }: InputItem,
  item: number,
  part: number,
): string | null {
  if (list === null) return null
  if (list === 'tools') return `tools.file_ids[${part}]`
  return `input[${item}].${type === 'message' ? 'content' : 'output'}[${part}]`
}

function contentOf(item: InputItem): readonly ContentPart[] {
  if (item.type === 'message') return item.content
  return item.type === 'function_call_output' && typeof item.output !== 'string' ? item.output : []
}

/** Returns the file of a part; null for a deleted one of an earlier turn. */
async function findSource(
  context: ResponseContext,
  caller: Caller,
  { part, field }: FilePlace,
): Promise<FileSource | null> {
  if (part.fileId === null) return part.type === 'input_file' ? givenSource(part, field) : null
  checkScope(caller, 'files:read')
  try {
    const file = await findFile(context, caller.organizationId, part.fileId)
    const { objectName, generation, sizeBytes } = file
    const open = (maxBytes = sizeBytes) => {
      const range = maxBytes < sizeBytes ? { start: 0, end: maxBytes } : undefined
      return context.storage.read(objectName, range, generation)
    }
    return { ...file, fileId: part.fileId, open }
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'FILE_NOT_FOUND') throw error
    if (field === null) return null
    throw new ServiceError(error.code, error.message, { field: `${field}.file_id`, file_id: part.fileId })
  }
}

const DATA_URL = /^data:([^;,]*)[^,]*;base64,/

async function givenSource({ base64, filename }: InputFile, field: string | null): Promise<FileSource> {
  const url = DATA_URL.exec((base64 ?? '').slice(0, 256))
  const bytes = Buffer.from((base64 ?? '').slice(url?.[0].length ?? 0), 'base64')
  if (bytes.length === 0) {
    throw new ServiceError('VALIDATION_ERROR', 'the file has no content in base64', {
      field: `${field ?? 'input'}.file_data`,
    })
  }
  const name = filename ?? UNNAMED
  const evidence = await inspectBytes(bytes.length, async (start, end) => bytes.subarray(start, end))
  return {
    filename: name,
    contentType: url?.[1] || detectContentType(name, evidence),
    detectedContentType: evidence.detected,
    sizeBytes: bytes.length,
    fileId: null,
    open: async (maxBytes = bytes.length) => Readable.from([bytes.subarray(0, maxBytes)]),
  }
}

/** Returns an image as an image, and every other file as its text or, in `native` mode, as its bytes. */
async function readCompletely(
  { knowledge, limits }: ResponseContext,
  source: FileSource,
  part: InputFile | InputImage,
  signal: AbortSignal,
): Promise<ChatPart> {
  const { open, filename } = source
  const isImage = typeOf(source).startsWith('image/')
  if (!isImage && limits.models.fileInput !== 'native') {
    const extracted = await extractText(knowledge.extractor, source, signal)
    return toFileText(filename, textOf(extracted))
  }
  const url = `data:${typeOf(source)};base64,${(await buffer(await open())).toString('base64')}`
  if (!isImage) return { type: 'file', file: { filename, file_data: url } }
  const detail = part.type === 'input_image' && part.detail !== null ? { detail: part.detail } : {}
  return { type: 'image_url', image_url: { url, ...detail } }
}

function typeOf({ detectedContentType, contentType }: FileSource): string {
  return detectedContentType ?? contentType
}

function unreadable({ code, message }: ExtractionFailure, field: string | null): ServiceError {
  const ours: ErrorCode = code === 'server_error' ? 'SERVICE_UNAVAILABLE' : 'UNSUPPORTED_FILE_TYPE'
  return new ServiceError(ours, message, { field: field ?? 'input' })
}
