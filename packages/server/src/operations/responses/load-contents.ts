import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { type Caller, checkScope } from '../../domain/access/caller.ts'
import type { ContentPart, InputFile, InputImage, Item, Message } from '../../domain/conversations/item.ts'
import { type ErrorCode, ServiceError } from '../../domain/errors.ts'
import { detectContentType } from '../../domain/files/content-type/detect-content-type.ts'
import type { ExtractableFile } from '../../knowledge/text-extractor.ts'
import { type ExtractedText, ExtractionFailure } from '../../knowledge/text-extractor.ts'
import { findFile } from '../files/get-file.ts'
import { inspectBytes } from '../files/inspect-content.ts'
import { asData, type ChatPart } from './chat-messages.ts'
import { type BoundedText, fitFileTexts, textOf } from './fit-file-texts.ts'
import type { ResponseContext } from './run-response.ts'

/** Part of a message that names a file or brings it along, and its place in the request; null for an earlier turn. */
interface FilePlace {
  readonly part: InputFile | InputImage
  readonly field: string | null
}

/** File whose bytes can be read once. */
interface Source extends Omit<ExtractableFile, 'bytes'> {
  open(): Promise<AsyncIterable<Uint8Array>>
}

const MAX_FILES = 20
const MAX_FILES_BYTES = 50 * 1024 * 1024
const UNNAMED = 'file'
const GONE: readonly ChatPart[] = [{ type: 'text', text: '[This file is no longer available.]' }]

/** Files of a request, as the model sees them. */
export interface FileContents {
  readonly contents: ReadonlyMap<InputFile | InputImage, readonly ChatPart[]>
  /** Files whose text was cut, because it did not fit. */
  readonly truncatedFileIds: readonly string[]
}

export interface FileRequest {
  readonly history: readonly Item[]
  readonly input: readonly Item[]
  /** Message of the service's own with the files of a file_retrieval tool; it comes before the input. */
  readonly retrieved: Message | null
  /** True when the texts of all files are cut at the space for files. */
  readonly isRetrieval: boolean
  readonly question: string
}

/** Text of a file that waits for its share of the space for files. */
interface Waiting extends BoundedText {
  readonly part: InputFile | InputImage
  readonly filename: string
}

/**
 * Returns what the model sees of the files in the items. At most 20 files and 50 MB: the input's own first, then the
 * newest of the history, whose older and deleted files become a note. Files of an input are given completely; those
 * that a message carries beside its content, and those of file_retrieval, share the space for files.
 * Throws FILE_NOT_FOUND, UNSUPPORTED_FILE_TYPE and VALIDATION_ERROR for a file of the input, and
 * INSUFFICIENT_PERMISSIONS when the caller names a file and lacks `files:read`.
 */
export async function loadContents(
  context: ResponseContext,
  caller: Caller,
  { history, input, retrieved, isRetrieval, question }: FileRequest,
  signal: AbortSignal,
): Promise<FileContents> {
  const ofInput = [...filesOf(retrieved === null ? [] : [retrieved], 'tools'), ...filesOf(input, 'input')]
  if (ofInput.length > MAX_FILES) throw tooMany(`a request has at most ${MAX_FILES} files`)
  const contents = new Map<InputFile | InputImage, readonly ChatPart[]>()
  const waiting: Waiting[] = []
  let freeBytes = MAX_FILES_BYTES
  for (const place of [...ofInput, ...filesOf(history, null).toReversed()]) {
    const { part, field } = place
    const source = contents.size < MAX_FILES ? await findSource(context, caller, place) : null
    const isOver = source !== null && source.sizeBytes > freeBytes
    if (isOver && field !== null) {
      throw tooMany(`the files of a request have at most ${MAX_FILES_BYTES} bytes together`)
    }
    contents.set(part, GONE)
    if (source === null || isOver) continue
    freeBytes -= source.sizeBytes
    const loaded = await load(context, source, place, signal)
    const { filename } = source
    const isAttachment = part.type === 'input_file' && part.isAttachment
    if ('content' in loaded) contents.set(part, [loaded.content])
    else if (isRetrieval || isAttachment) {
      waiting.push({ part, filename, extracted: loaded, excess: isRetrieval ? 'cut' : 'relevant' })
    } else contents.set(part, [toFileText(filename, textOf(loaded))])
  }
  const maxTokens = context.limits.models.fileContextTokens
  const fitted = await fitFileTexts(context, waiting, { question, maxTokens }, signal)
  const truncated = new Set<string>()
  for (const [index, { part, filename }] of waiting.entries()) {
    const { text, isTruncated } = fitted[index] ?? { text: '', isTruncated: false }
    contents.set(part, [toFileText(filename, text)])
    if (isTruncated && part.fileId !== null) truncated.add(part.fileId)
  }
  return { contents, truncatedFileIds: [...truncated] }
}

function toFileText(filename: string, text: string): ChatPart {
  return { type: 'text', text: `<file name=${asData(JSON.stringify(filename))}>\n${asData(text)}\n</file>` }
}

function filesOf(items: readonly Item[], list: 'input' | 'tools' | null): readonly FilePlace[] {
  return items.flatMap((item, itemIndex) =>
    contentOf(item).flatMap((part, partIndex) => {
      if (part.type !== 'input_file' && part.type !== 'input_image') return []
      if (part.type === 'input_image' && part.fileId === null) return []
      return [{ part, field: fieldOf(list, itemIndex, partIndex) }]
    }),
  )
}

function fieldOf(list: 'input' | 'tools' | null, item: number, part: number): string | null {
  if (list === null) return null
  return list === 'tools' ? `tools.file_ids[${part}]` : `input[${item}].content[${part}]`
}

function contentOf(item: Item): readonly ContentPart[] {
  if (item.type === 'message') return item.content
  return item.type === 'function_call_output' && typeof item.output !== 'string' ? item.output : []
}

/** Returns the file of a part; null for a deleted one of an earlier turn. */
async function findSource(
  context: ResponseContext,
  caller: Caller,
  { part, field }: FilePlace,
): Promise<Source | null> {
  if (part.fileId === null) return part.type === 'input_file' ? givenSource(part, field) : null
  checkScope(caller, 'files:read')
  try {
    const file = await findFile(context, caller.organizationId, part.fileId)
    const { objectName, generation } = file
    return { ...file, open: () => context.storage.read(objectName, undefined, generation) }
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'FILE_NOT_FOUND') throw error
    if (field === null) return null
    throw new ServiceError(error.code, error.message, { field: `${field}.file_id`, file_id: part.fileId })
  }
}

const DATA_URL = /^data:([^;,]*)[^,]*;base64,/

async function givenSource({ base64, filename }: InputFile, field: string | null): Promise<Source> {
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
    open: async () => Readable.from([bytes]),
  }
}

/** Returns an image as an image, and every other file as its text or, in `native` mode, as its bytes. */
async function load(
  { knowledge, limits }: ResponseContext,
  source: Source,
  { part, field }: FilePlace,
  signal: AbortSignal,
): Promise<ExtractedText | { readonly content: ChatPart }> {
  const { open, ...facts } = source
  const { filename } = facts
  const contentType = facts.detectedContentType ?? facts.contentType
  const isImage = contentType.startsWith('image/')
  if (isImage || limits.models.fileInput === 'native') {
    const url = `data:${contentType};base64,${(await buffer(await open())).toString('base64')}`
    if (!isImage) return { content: { type: 'file', file: { filename, file_data: url } } }
    const detail = part.type === 'input_image' && part.detail !== null ? { detail: part.detail } : {}
    return { content: { type: 'image_url', image_url: { url, ...detail } } }
  }
  try {
    return await knowledge.extractor.extract({ ...facts, bytes: await open() }, signal)
  } catch (error) {
    throw error instanceof ExtractionFailure ? unreadable(error, field) : error
  }
}

function unreadable({ code, message }: ExtractionFailure, field: string | null): ServiceError {
  const ours: ErrorCode = code === 'server_error' ? 'SERVICE_UNAVAILABLE' : 'UNSUPPORTED_FILE_TYPE'
  return new ServiceError(ours, message, { field: field ?? 'input' })
}

function tooMany(message: string): ServiceError {
  return new ServiceError('VALIDATION_ERROR', message, { field: 'input' })
}
