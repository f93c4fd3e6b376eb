import type { Task } from '../../database/records/tasks.ts'
import { OCR_TASK } from '../../database/records/vector-stores.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { File } from '../../domain/files/file.ts'
import { createRevision } from '../../domain/ids.ts'
import type {
  IndexingStep,
  LogEntry,
  StoreFile,
  StoreFileError,
} from '../../domain/vector-stores/store-file.ts'
import { withoutOverlaps } from '../../knowledge/chunks/without-overlaps.ts'
import { encodeDocument } from '../../knowledge/document-codec.ts'
import type { IndexedDocument, TextChunk } from '../../knowledge/search-index.ts'
import { ExtractionFailure, OcrNeeded } from '../../knowledge/text-extractor.ts'
import type { Context } from '../context.ts'

export type IndexingContext = Pick<Context, 'database' | 'storage' | 'knowledge' | 'now'>

/** Reason for the end of an indexing that a repetition does not change. */
class LastingFailure extends Error {
  readonly failure: StoreFileError

  constructor(failure: StoreFileError) {
    super(failure.message)
    this.failure = failure
  }
}

/** Progress in percent when a step begins. */
const PROGRESS: Readonly<Record<IndexingStep, number>> = {
  queued: 0,
  extracting: 5,
  chunking: 50,
  embedding: 60,
  indexing: 90,
  done: 100,
}

/** Time between two records of progress. */
const MIN_REPORTED_MS = 250

const NO_SPACE =
  'The service has no space left for the text of the file. Try it again when the operator has freed space.'

/** Texts that are embedded with one call, so that a large file shows its progress. */
const EMBEDDED_TOGETHER = 256

/**
 * Indexes a file of a store: reads it, extracts its text, splits that into chunks, embeds them and stores the document,
 * which becomes visible to searches in one step. Does nothing when the file has left the store. A file that cannot be
 * read fails for good. A file with scanned pages gets a task of the kind `OCR_TASK` instead, so that it does not occupy the
 * place of other files. Throws any other error: the task is then to be repeated.
 */
export async function indexStoreFile(
  context: IndexingContext,
  task: Task,
  signal: AbortSignal,
): Promise<void> {
  const { indexing } = context.database.vectorStores
  const file = await indexing.begin(task, context.now())
  if (file === null) return
  try {
    await index(context, task, file, signal)
  } catch (error) {
    if (error instanceof OcrNeeded) return deferToOcr(context, task)
    if (!(error instanceof LastingFailure)) {
      await addLog(context, task, {
        level: 'warning',
        step: 'queued',
        message: 'The indexing was interrupted.',
      })
      throw error
    }
    await addLog(context, task, { level: 'error', step: 'extracting', message: error.failure.message })
    await indexing.fail(task, error.failure, context.now())
  }
}

async function deferToOcr({ database, knowledge, now }: IndexingContext, task: Task): Promise<void> {
  const message = 'The file has scanned pages. It waits until their text can be recognized.'
  await database.vectorStores.indexing.deferToOcr(task, {
    ...{ atMs: now(), level: 'info', step: 'extracting', message, attempt: task.attempt },
  })
  knowledge.wakeQueue()
}

/** Ends the indexing of a file whose task is not repeated any more. */
export async function giveUpIndexing(
  { database, now }: IndexingContext,
  task: Task,
  cause: Error,
): Promise<void> {
  const isFull = cause instanceof ServiceError && cause.code === 'STORAGE_FULL'
  const message = isFull ? NO_SPACE : 'The service could not index the file. Try it again later.'
  await database.vectorStores.indexing.giveUp(task, cause.message, { code: 'server_error', message }, now())
}

async function index(
  context: IndexingContext,
  task: Task,
  { organizationId, fileId, chunking }: StoreFile,
  signal: AbortSignal,
): Promise<void> {
  const { database, knowledge } = context
  const file = await database.files.find(organizationId, fileId)
  if (file === null) throw new LastingFailure({ code: 'invalid_file', message: 'The File was deleted.' })
  const beginStep = createStepReporter(context, task)
  const text = await extract(context, task, file, signal)
  await beginStep('chunking')
  const { language, chunks } = await knowledge.chunker.split(text, chunking, signal)
  const vectors = await embed(context, task, chunks, signal)
  await beginStep('indexing')
  const indexed = chunks.map((chunk, position) => ({ ...chunk, vector: vectors?.[position] ?? null }))
  await store(context, task, { language, chunks: indexed }, usageOf(chunks, vectors))
}

async function extract(
  { storage, knowledge: { extractor } }: IndexingContext,
  { kind }: Task,
  file: File,
  signal: AbortSignal,
) {
  const { filename, contentType, detectedContentType, sizeBytes, objectName, generation } = file
  const bytes = await storage.read(objectName, undefined, generation)
  try {
    const extractable = { filename, contentType, detectedContentType, sizeBytes, bytes }
    return await (kind === OCR_TASK
      ? extractor.extractWithOcr(extractable, 'task', signal)
      : extractor.extract(extractable, signal))
  } catch (error) {
    if (!(error instanceof ExtractionFailure) || error.code === 'server_error') throw error
    throw new LastingFailure({ code: error.code, message: error.message })
  } finally {
    bytes.destroy()
  }
}

/** Returns a vector for each chunk; null where searches go by words only. */
async function embed(
  context: IndexingContext,
  task: Task,
  chunks: readonly TextChunk[],
  signal: AbortSignal,
): Promise<readonly Float32Array[] | null> {
  const { embedder } = context.knowledge
  if (embedder === null) return null
  const vectors: Float32Array[] = []
  for (let start = 0; start < chunks.length; start += EMBEDDED_TOGETHER) {
    const share = start / chunks.length
    const percent = PROGRESS.embedding + share * (PROGRESS.indexing - PROGRESS.embedding)
    await context.database.vectorStores.indexing.progress(task, 'embedding', Math.round(percent))
    const texts = chunks.slice(start, start + EMBEDDED_TOGETHER).map(({ context: headings, text }) => {
      return headings === '' ? text : `${headings}\n${text}`
    })
    vectors.push(...(await embedder.embed(texts, signal)))
  }
  return vectors
}

/** Stores the document and ends the task, unless its lease was lost or the file has left the store. */
async function store(
  { database, knowledge, now }: IndexingContext,
  task: Task,
  document: IndexedDocument & { readonly chunks: readonly unknown[] },
  usageBytes: number,
): Promise<void> {
  const { indexing } = database.vectorStores
  const revision = createRevision()
  let parts = 0
  for await (const bytes of encodeDocument(document)) {
    await checkRoom(database)
    if (!(await indexing.addDocumentPart(task, revision, parts, bytes))) return
    parts++
  }
  const chunkCount = document.chunks.length
  const message = `Found ${chunkCount} ${chunkCount === 1 ? 'chunk' : 'chunks'} of text.`
  await indexing.complete(task, {
    revision,
    parts,
    chunkCount,
    usageBytes,
    embeddingModel: knowledge.embedder?.model ?? null,
    nowMs: now(),
    log: { atMs: now(), level: 'info', step: 'chunking', message, attempt: task.attempt },
  })
}

/** Throws STORAGE_FULL when a document would use the space that is kept for deletes. */
async function checkRoom(database: IndexingContext['database']): Promise<void> {
  const roomBytes = await database.roomBytes()
  if (roomBytes !== null && roomBytes <= 0)
    throw new ServiceError('STORAGE_FULL', 'the disk of the database has no space left')
}

/** Returns the bytes of the extracted text, in which overlaps of chunks count once, and of the vectors. */
function usageOf(chunks: readonly TextChunk[], vectors: readonly Float32Array[] | null): number {
  let textBytes = 0
  for (const text of withoutOverlaps(chunks)) textBytes += Buffer.byteLength(text)
  return textBytes + (vectors ?? []).reduce((sum, { byteLength }) => sum + byteLength, 0)
}

/**
 * Returns a function that records the step. Steps that begin soon after another are left out: each record is a commit,
 * and the steps of a small file end before a client sees them.
 */
function createStepReporter(
  { database }: IndexingContext,
  task: Task,
): (step: IndexingStep) => Promise<void> {
  let reportedAt = performance.now()
  return async (step) => {
    if (performance.now() - reportedAt < MIN_REPORTED_MS) return
    await database.vectorStores.indexing.progress(task, step, PROGRESS[step])
    reportedAt = performance.now()
  }
}

async function addLog(
  { database, now }: IndexingContext,
  task: Task,
  entry: Pick<LogEntry, 'level' | 'step' | 'message'>,
): Promise<void> {
  await database.vectorStores.indexing.addLog(task, { ...entry, atMs: now(), attempt: task.attempt })
}
