import type { Task } from '../../database/records/tasks.ts'
import type { File } from '../../domain/files/file.ts'
import { createRevision } from '../../domain/ids.ts'
import type { IndexingStep, StoreFile, StoreFileError } from '../../domain/vector-stores/store-file.ts'
import { createChunks } from '../../knowledge/chunks/create-chunks.ts'
import { encodeDocument } from '../../knowledge/document-codec.ts'
import type { IndexedChunk } from '../../knowledge/search-index.ts'
import { ExtractionFailure, type ExtractedText } from '../../knowledge/text-extractor.ts'
import { detectLanguage } from '../../knowledge/tokens/detect-language.ts'
import type { Context } from '../context.ts'

export type IndexingContext = Pick<Context, 'database' | 'storage' | 'knowledge' | 'now'>

/** Share of the progress, in percent, that is reached when a step begins. */
const PROGRESS: Readonly<Record<IndexingStep, number>> = {
  queued: 0,
  extracting: 5,
  chunking: 50,
  embedding: 60,
  indexing: 90,
  done: 100,
}

/**
 * Indexes a file of a store: reads it, extracts its text, divides that into chunks, embeds them and stores the document,
 * which becomes visible to searches in one step. Does nothing when the file has left the store. A file that cannot be
 * read fails for good; any other error is thrown, and the task is to be repeated.
 */
export async function indexStoreFile(context: IndexingContext, task: Task, signal: AbortSignal): Promise<void> {
  const { database, now } = context
  const { indexing } = database.vectorStores
  const storeFile = await indexing.begin(task, now())
  if (storeFile === null) return
  try {
    await index(context, task, storeFile, signal)
  } catch (error) {
    const failure = lastingFailure(error)
    if (failure === null) throw error
    await log(context, task, 'extracting', 'error', failure.message)
    await indexing.fail(task, failure, now())
  }
}

/** Ends a task that cannot be repeated again. */
export async function giveUpIndexing({ database, now }: IndexingContext, task: Task): Promise<void> {
  const message = 'The service could not index the file. Try again later; if it fails again, ask the operator.'
  await database.vectorStores.indexing.fail(task, { code: 'server_error', message }, now())
}

async function index(
  context: IndexingContext,
  task: Task,
  storeFile: StoreFile,
  signal: AbortSignal,
): Promise<void> {
  const { database, knowledge, now } = context
  const { indexing } = database.vectorStores
  const file = await database.files.find(storeFile.organizationId, storeFile.fileId)
  if (file === null) throw new FileGone()

  await step(context, task, 'extracting')
  const text = await extract(context, file, signal)
  await step(context, task, 'chunking')
  const chunks = createChunks(text, storeFile.chunking)
  if (knowledge.embedder !== null) await step(context, task, 'embedding')
  const vectors = (await knowledge.embedder?.embed(chunks.map(embeddedText), signal)) ?? null
  signal.throwIfAborted()

  await step(context, task, 'indexing')
  const revision = createRevision()
  const indexed = chunks.map((chunk, position): IndexedChunk => ({ ...chunk, vector: vectors?.[position] ?? null }))
  let parts = 0
  for await (const part of encodeDocument({ language: languageOf(text), chunks: indexed })) {
    if (!(await indexing.addDocumentPart(task, revision, parts, part))) return
    parts++
  }
  await indexing.complete(task, {
    revision,
    parts,
    chunkCount: chunks.length,
    usageBytes: usageOf(text, indexed),
    embeddingModel: knowledge.embedder?.model ?? null,
    nowMs: now(),
  })
}
