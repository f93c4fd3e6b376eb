import type { Caller } from '../../domain/access/caller.ts'
import { type ErrorCode, ServiceError } from '../../domain/errors.ts'
import { createOverlapCutter } from '../../knowledge/chunks/without-overlaps.ts'
import { decodePart } from '../../knowledge/document-codec.ts'
import type { ExtractableFile, ExtractedText } from '../../knowledge/text-extractor.ts'
import { viewerOf } from '../vector-stores/find-store.ts'
import { searchChunks } from '../vector-stores/search-vector-stores.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { extractText } from './extract-text.ts'
import { type Excess, type FileText, type Passage, passagesOf, type Space, textOf } from './fit-file-texts.ts'
import type { ResponseContext } from './run-response.ts'

/** File whose bytes can be read. */
export interface FileSource extends Omit<ExtractableFile, 'bytes'> {
  /** Id of the File; null for one that the request brings along. */
  readonly fileId: string | null
  /** Opens all bytes, or the first ones. */
  open(maxBytes?: number): Promise<AsyncIterable<Uint8Array>>
}

/** Bytes of a text that are read for each token of its beginning: enough in every encoding. */
const BYTES_READ_PER_TOKEN = 16
/** Bytes of a text in lines that are searched when no vector store has its chunks. */
const MAX_SEARCHED_BYTES = 8 * 1024 * 1024
/** Bytes of a text in lines that are read at all. */
const MAX_LINES_BYTES = 32 * 1024 * 1024
/** Types whose beginning is a text by itself. */
const IN_LINES = /^text\/(?!html|rtf|xml)|^application\/(?:x-)?(?:ndjson|jsonl)$/
const LINE_FEED = 0x0a

/** Passages of a search of one file. */
const MAX_PASSAGES = 500
const MIN_PASSAGE_TOKENS = 40

/** Errors of a store or a document that was removed meanwhile. */
const GONE: ReadonlySet<ErrorCode> = new Set([
  'VECTOR_STORE_NOT_FOUND',
  'VECTOR_STORE_EXPIRED',
  'FILE_NOT_IN_STORE',
])

/**
 * Returns the text of a file for the space: complete when it fits, otherwise its passages. Takes the chunks that a vector
 * store of the caller has, and reads the bytes otherwise: of a text in lines only the beginning, of at most 8 MiB.
 * Throws what the extractor throws.
 */
export async function readFileText(
  context: ResponseContext,
  caller: Caller,
  source: FileSource,
  excess: Excess,
  space: Space,
  signal: AbortSignal,
): Promise<FileText> {
  const stored = await readStoredText(context, caller, source, excess, space, signal)
  if (stored !== null) return stored
  const { extracted, isComplete } = await extract(context, source, excess, space, signal)
  if (isComplete && estimateTokens(textOf(extracted)) <= space.maxTokens)
    return { kind: 'complete', extracted, excess }
  return { kind: 'long', passages: await passagesOf(context, { extracted, excess }, space, signal) }
}

async function extract(
  { knowledge }: ResponseContext,
  source: FileSource,
  excess: Excess,
  { maxTokens }: Space,
  signal: AbortSignal,
): Promise<{ readonly extracted: ExtractedText; readonly isComplete: boolean }> {
  const { open, fileId: _fileId, ...facts } = source
  const neededBytes = maxTokens * BYTES_READ_PER_TOKEN
  const wantedBytes = excess === 'relevant' ? Math.max(neededBytes, MAX_SEARCHED_BYTES) : neededBytes
  const maxBytes = Math.min(wantedBytes, MAX_LINES_BYTES)
  const type = (facts.detectedContentType ?? facts.contentType).split(';', 1)[0]?.trim() ?? ''
  if (facts.sizeBytes <= maxBytes || !IN_LINES.test(type)) {
    return { extracted: await extractText(knowledge.extractor, source, signal), isComplete: true }
  }
  const bytes = await readLines(await open(maxBytes))
  const file = { ...facts, sizeBytes: bytes.length, bytes: iterate(bytes) }
  return { extracted: await knowledge.extractor.extract(file, signal), isComplete: false }
}

/** Returns the bytes without an unfinished line at their end, whose last character may be cut. */
async function readLines(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of bytes) pieces.push(piece)
  const all = Buffer.concat(pieces)
  const end = all.lastIndexOf(LINE_FEED) + 1
  return end > 0 ? all.subarray(0, end) : all
}

async function* iterate(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** Returns the text of a File from the chunks of a vector store; null when none has it. */
async function readStoredText(
  context: ResponseContext,
  caller: Caller,
  { fileId }: FileSource,
  excess: Excess,
  space: Space,
  signal: AbortSignal,
): Promise<FileText | null> {
  const { vectorStores } = context.database
  const found = fileId === null ? null : await vectorStores.findIndexedFile(viewerOf(caller), fileId)
  if (fileId === null || found === null || found.revision === null) return null
  const { vectorStoreId, revision } = found
  try {
    const document = vectorStores.indexing.readDocument(
      { organizationId: caller.organizationId, storeId: vectorStoreId },
      fileId,
      revision,
    )
    const { extracted, isComplete } = await joinChunks(document, space.maxTokens)
    if (isComplete) return { kind: 'complete', extracted, excess }
    const passages =
      excess === 'relevant'
        ? await searchFile(context, caller, vectorStoreId, fileId, space)
        : await passagesOf(context, { extracted, excess }, space, signal)
    return { kind: 'long', passages }
  } catch (error) {
    if (error instanceof ServiceError && GONE.has(error.code)) return null
    throw error
  }
}

/** Returns the text of a document, or a beginning that is longer than `maxTokens`. */
async function joinChunks(
  document: AsyncIterable<Uint8Array>,
  maxTokens: number,
): Promise<{ readonly extracted: ExtractedText; readonly isComplete: boolean }> {
  const parts: ExtractedText['parts'][number][] = []
  const cut = createOverlapCutter()
  let tokens = 0
  for await (const part of document) {
    for (const chunk of decodePart(part).chunks) {
      const text = cut(chunk)
      tokens += estimateTokens(text)
      parts.push({ text, kind: 'paragraph', level: null, page: null, pageKind: null })
    }
    if (tokens > maxTokens) return { extracted: { parts }, isComplete: false }
  }
  return { extracted: { parts }, isComplete: true }
}

function searchFile(
  context: ResponseContext,
  caller: Caller,
  storeId: string,
  fileId: string,
  { question, maxTokens }: Space,
): Promise<readonly Passage[]> {
  return searchChunks(context, caller, {
    ...{ storeIds: [storeId], queries: [question], fileId, filter: null, minScore: 0 },
    maxResults: Math.min(MAX_PASSAGES, Math.ceil(maxTokens / MIN_PASSAGE_TOKENS)),
    weights: question === '' ? { text: 1, embedding: 0 } : null,
  })
}
