import type { Caller } from '../../domain/access/caller.ts'
import { isInProgress } from '../../domain/vector-stores/store-file.ts'
import { createOverlapCutter } from '../../knowledge/chunks/without-overlaps.ts'
import { decodePart } from '../../knowledge/document-codec.ts'
import type { IndexedChunk } from '../../knowledge/search-index.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findStoreFile, type StoreFilePlace } from './store-file-place.ts'

export interface StoreFileTextInput extends StoreFilePlace {
  /** Number of texts to skip. */
  readonly skip: number
}

export interface StoreFileText {
  /** Texts in order, a page or section each; joined they are the text of the document. */
  readonly texts: readonly string[]
  readonly hasMore: boolean
}

/** Limit of one answer, in UTF-16 units. */
const MAX_TEXT_LENGTH = 16 * 1024 * 1024

/**
 * Returns the extracted text of a file of a store without overlaps; no texts while it is in progress, also again.
 * Throws VECTOR_STORE_NOT_FOUND, FILE_NOT_IN_STORE.
 */
export const getStoreFileText = defineOperation(
  { action: 'getStoreFileText', kind: 'read', scope: 'vector_stores:read' },
  async (
    context: Pick<Context, 'database'>,
    caller: Caller,
    input: StoreFileTextInput,
  ): Promise<StoreFileText> => {
    const file = await findStoreFile(context, caller, input)
    const { organizationId, vectorStoreId: storeId, fileId, revision } = file
    if (revision === null || isInProgress(file)) return { texts: [], hasMore: false }
    const { indexing } = context.database.vectorStores
    const parts = indexing.readDocument({ organizationId, storeId }, fileId, revision)
    const texts: string[] = []
    let length = 0
    let position = 0
    for await (const text of joinPages(readChunks(parts))) {
      position++
      if (position <= input.skip) continue
      if (texts.length > 0 && length + text.length > MAX_TEXT_LENGTH) return { texts, hasMore: true }
      texts.push(text)
      length += text.length
    }
    return { texts, hasMore: false }
  },
)

async function* readChunks(parts: AsyncIterable<Uint8Array>): AsyncGenerator<IndexedChunk> {
  for await (const part of parts) yield* decodePart(part).chunks
}

/** Longest text of a document without pages, in UTF-16 units; a longer one is divided between chunks. */
const MAX_SECTION_LENGTH = 1024 * 1024

/** Yields the text of each page, without the overlaps of its chunks. */
async function* joinPages(chunks: AsyncIterable<IndexedChunk>): AsyncGenerator<string> {
  let text = ''
  let page: number | null = null
  const cut = createOverlapCutter()
  for await (const chunk of chunks) {
    const isNext = chunk.page !== page || text.length > MAX_SECTION_LENGTH
    if (isNext && text !== '') {
      yield text
      text = ''
    }
    page = chunk.page
    text += cut(chunk)
  }
  if (text !== '') yield text
}
