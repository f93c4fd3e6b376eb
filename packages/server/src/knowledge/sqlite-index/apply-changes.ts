import type { Attributes } from '../../domain/vector-stores/store-file.ts'
import { decodePart } from '../document-codec.ts'
import type { IndexedChunk } from '../search-index.ts'
import { isLanguage, type Language } from '../tokens/languages.ts'
import { countTerms } from '../tokens/tokenize.ts'
import type { Corpus, CorpusChunk } from './corpus.ts'
import { frequencyTerms } from './frequency-terms.ts'
import type { StoreFile } from './store-file.ts'
import { MAX_ROW_CODE, quantize } from './store-vectors.ts'

/** Changes that are applied in one transaction. */
export interface ChangeBatch {
  /** Id of the run that catches up. It owns the unfinished documents that it writes. */
  readonly run: string
  /** Position on which the batch builds. Nothing is applied when another process has moved it. */
  readonly expectedSeq: number
  readonly changes: readonly AppliedChange[]
  /** Position after the batch; null while a document or a comparison of all files is unfinished. */
  readonly reachedSeq: number | null
}

export type AppliedChange =
  /** Next part of a document. The last one makes its chunks searchable in place of those of the old revision. */
  | {
      readonly kind: 'part'
      readonly fileId: string
      readonly revision: string
      readonly attributes: Attributes
      readonly part: Uint8Array
      readonly isFirst: boolean
      readonly isLast: boolean
    }
  /** The chunks stay; the attributes may differ. */
  | { readonly kind: 'keep'; readonly fileId: string; readonly attributes: Attributes }
  | { readonly kind: 'remove'; readonly fileId: string }
  /** Removes the files that this run has not seen, after it has seen all live ones. */
  | { readonly kind: 'remove-unseen' }

/** Another process has applied the same changes meanwhile. */
class Overtaken extends Error {}

/** Applies the batch and returns true, or applies nothing and returns false when another process was faster. */
export function applyChanges(file: StoreFile, corpusOf: () => Corpus, batch: ChangeBatch): boolean {
  const updates: (() => void)[] = []
  try {
    file.transaction('write', () => {
      if (file.appliedSeq() !== batch.expectedSeq) throw new Overtaken()
      const corpus = corpusOf()
      for (const change of batch.changes) applyChange(file, corpus, batch.run, change, updates)
      if (batch.reachedSeq === null) return
      file.prepare("UPDATE meta SET value = ? WHERE key = 'applied_seq'").run(batch.reachedSeq)
    })
  } catch (error) {
    if (error instanceof Overtaken) return false
    throw error
  }
  for (const update of updates) update()
  return true
}

/** Returns the files of which the index does not hold this revision. */
export function missingDocuments(
  file: StoreFile,
  wanted: readonly { readonly fileId: string; readonly revision: string }[],
): string[] {
  const statement = file.prepare('SELECT revision FROM files WHERE file_id = ? AND staged_by IS NULL')
  return wanted
    .filter(({ fileId, revision }) => rowOf(statement.get(fileId))?.[0] !== revision)
    .map(({ fileId }) => fileId)
}

function applyChange(
  file: StoreFile,
  corpus: Corpus,
  run: string,
  change: AppliedChange,
  updates: (() => void)[],
): void {
  if (change.kind === 'part') {
    addPart(file, corpus, run, change, updates)
  } else if (change.kind === 'keep') {
    file
      .prepare('UPDATE files SET attributes = ?, checked_by = ? WHERE file_id = ? AND staged_by IS NULL')
      .run(JSON.stringify(change.attributes), run, change.fileId)
  } else {
    const isRemoved = change.kind === 'remove'
    const condition = isRemoved ? 'file_id = ?' : 'checked_by IS NOT ? AND staged_by IS NULL'
    removeFiles(file, corpus, condition, [isRemoved ? change.fileId : run], updates)
  }
}

function addPart(
  file: StoreFile,
  corpus: Corpus,
  run: string,
  change: AppliedChange & { kind: 'part' },
  updates: (() => void)[],
): void {
  const { fileId, revision, attributes, isLast } = change
  const part = decodePart(change.part)
  const staged = file.prepare('SELECT id FROM files WHERE file_id = ? AND staged_by = ?').get(fileId, run)
  if (!staged && !change.isFirst) throw new Overtaken()
  const id =
    rowOf(staged)?.[0] ??
    file
      .prepare(
        'INSERT INTO files (file_id, revision, language, attributes, staged_by) VALUES (?, ?, ?, ?, ?)',
      )
      .run(fileId, revision, part.language, JSON.stringify(attributes), run).lastInsertRowid
  const row = Number(id)
  const language = part.language !== null && isLanguage(part.language) ? part.language : null
  const ids = part.chunks.map((chunk) => addChunk(file, row, language, chunk))
  addSegment(file, row, ids[0] ?? 0, part.chunks)
  if (!isLast) return
  removeFiles(file, corpus, 'file_id = ? AND id <> ?', [fileId, row], updates)
  file.prepare('UPDATE files SET staged_by = NULL, checked_by = ? WHERE id = ?').run(run, row)
  const chunks = file.prepare('SELECT id, position, length FROM chunks WHERE file = ?').all(row)
  updates.push(() => corpus.addFile(row, fileId, part.language, chunks as unknown as CorpusChunk[]))
}

function addChunk(file: StoreFile, row: number, language: Language, chunk: IndexedChunk): number {
  const searched = chunk.context === '' ? chunk.text : `${chunk.context}\n${chunk.text}`
  const { terms, length } = countTerms(searched, language)
  const { lastInsertRowid: id } = file
    .prepare('INSERT INTO chunks (file, position, length) VALUES (?, ?, ?)')
    .run(row, chunk.index, length)
  file
    .prepare('INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?)')
    .run(id, chunk.text, chunk.context, chunk.page, chunk.startOffset, chunk.endOffset)
  file.prepare('INSERT INTO term_chunks (rowid, terms) VALUES (?, ?)').run(id, frequencyTerms(terms))
  if (chunk.vector !== null) {
    file.prepare('INSERT INTO embeddings VALUES (?, ?)').run(id, bytesOf(chunk.vector))
  }
  return Number(id)
}

/** Adds the vectors of chunks with consecutive ids. A part holds so few that one segment is enough. */
function addSegment(file: StoreFile, row: number, firstChunk: number, chunks: readonly IndexedChunk[]): void {
  const vectors = chunks.map(({ vector }) => vector).filter((vector) => vector !== null)
  const dimensions = vectors[0]?.length
  if (dimensions === undefined || vectors.length < chunks.length) return
  const scales = new Float32Array(vectors.length)
  const codes = new Int8Array(vectors.length * dimensions)
  for (const [index, vector] of vectors.entries()) {
    const quantized = quantize(vector, MAX_ROW_CODE)
    scales[index] = quantized.scale
    codes.set(quantized.codes, index * dimensions)
  }
  file
    .prepare(
      'INSERT INTO vector_segments (file, first_chunk, dimensions, scales, codes) VALUES (?, ?, ?, ?, ?)',
    )
    .run(row, firstChunk, dimensions, bytesOf(scales), bytesOf(codes))
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Int8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** Removes files, also unfinished ones, with their chunks. */
function removeFiles(
  file: StoreFile,
  corpus: Corpus,
  condition: string,
  parameters: readonly (string | number)[],
  updates: (() => void)[],
): void {
  const rows = file.prepare(`SELECT id FROM files WHERE ${condition}`).all(...parameters)
  for (const row of rows) {
    const id = Number(rowOf(row)?.[0])
    for (const table of ['texts', 'embeddings']) {
      file.prepare(`DELETE FROM ${table} WHERE id IN (SELECT id FROM chunks WHERE file = ?)`).run(id)
    }
    file.prepare('DELETE FROM term_chunks WHERE rowid IN (SELECT id FROM chunks WHERE file = ?)').run(id)
    file.prepare('DELETE FROM vector_segments WHERE file = ?').run(id)
    file.prepare('DELETE FROM chunks WHERE file = ?').run(id)
    file.prepare('DELETE FROM files WHERE id = ?').run(id)
    updates.push(() => corpus.removeFile(id))
  }
}

function rowOf(row: unknown): readonly (string | number)[] | null {
  return Array.isArray(row) ? row : null
}
