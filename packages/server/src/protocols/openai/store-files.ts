import { fileIdOf } from '../../domain/ids.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import { parseAttributes } from '../../domain/vector-stores/parse-attributes.ts'
import { parseChunking } from '../../domain/vector-stores/parse-chunking.ts'
import { addStoreFile } from '../../operations/vector-stores/add-store-file.ts'
import { getStoreFile } from '../../operations/vector-stores/get-store-file.ts'
import { getStoreFileText } from '../../operations/vector-stores/get-store-file-text.ts'
import { listStoreFiles } from '../../operations/vector-stores/list-store-files.ts'
import { removeStoreFile } from '../../operations/vector-stores/remove-store-file.ts'
import { updateStoreFile } from '../../operations/vector-stores/update-store-file.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { nullable, object } from '../http/json-schema.ts'
import { OPENAI_URLS } from '../urls.ts'
import { openaiFileId } from './file-id.ts'
import { listOf, listParameters, toListBody } from './list-body.ts'
import { type Query, readChoice, readListQuery } from './list-query.ts'
import { bodyOf, optional, readFileId } from './read-body.ts'
import {
  type FileState,
  StoreFileObject,
  statusesOf,
  toStoreFileObject,
  withPollHint,
} from './store-objects.ts'
import { Attributes, ChunkingStrategy, StoreFileParams, StoreParams } from './store-schemas.ts'
import { PAGES } from './vector-stores.ts'

const FILTERS: readonly FileState[] = ['in_progress', 'completed', 'failed', 'cancelled']

/** Parameters of a list of files of a store, for the document. */
export const STORE_FILE_QUERY = {
  type: 'object',
  properties: {
    ...listParameters(PAGES.max, PAGES.usual),
    filter: { type: 'string', enum: FILTERS, description: 'Only files with this status.' },
  },
} as const

/** Returns the part of a list of files that a query asks for. Cursors are ids of Files. Throws VALIDATION_ERROR. */
export function readStoreFileQuery(query: Query) {
  const { limit, order, after, before } = readListQuery(query, PAGES)
  return {
    limit,
    order,
    skip: 0,
    after: after === null ? null : fileIdOf(after),
    before: before === null ? null : fileIdOf(before),
    statuses: statusesOf(readChoice(query, 'filter', FILTERS)),
  }
}

const add = endpoint(
  {
    operation: addStoreFile,
    method: 'POST',
    path: OPENAI_URLS.storeFiles,
    tag: 'Vector store files',
    summary: 'Add a File to a vector store',
    description:
      'Adding it again changes nothing, unless the attributes or the chunking strategy differ, or its indexing failed.',
    params: StoreParams,
    body: object(
      { file_id: { type: 'string' } },
      { attributes: Attributes, chunking_strategy: ChunkingStrategy },
    ),
    responses: { 200: { description: 'The file of the store.', body: StoreFileObject } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'FILE_NOT_FOUND', 'VECTOR_STORE_EXPIRED', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request, reply) => {
      const body = bodyOf(request)
      const file = await addStoreFile(context, callerOf(request), {
        storeId: request.params.vector_store_id,
        fileId: readFileId(body.file_id, 'file_id'),
        attributes: optional(body.attributes, 'attributes', parseAttributes),
        chunking: optional(body.chunking_strategy, 'chunking_strategy', parseChunking),
        waitMs: context.limits.indexWaitMs,
      })
      return withPollHint(reply, toStoreFileObject(file))
    },
)

const list = endpoint(
  {
    operation: listStoreFiles,
    method: 'GET',
    path: OPENAI_URLS.storeFiles,
    tag: 'Vector store files',
    summary: 'List the files of a vector store',
    params: StoreParams,
    query: STORE_FILE_QUERY,
    responses: { 200: { description: 'A part of the list.', body: listOf(StoreFileObject) } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const { vector_store_id: storeId } = request.params
      const input = { storeId, ...readStoreFileQuery(request.query as Query) }
      const page = await listStoreFiles(context, callerOf(request), input)
      return toListBody(page.items.map(toStoreFileObject), page.hasMore)
    },
)

const get = endpoint(
  {
    operation: getStoreFile,
    method: 'GET',
    path: OPENAI_URLS.storeFile,
    tag: 'Vector store files',
    summary: 'Get a file of a vector store',
    params: StoreFileParams,
    responses: { 200: { description: 'The file of the store.', body: StoreFileObject } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'FILE_NOT_IN_STORE'],
  },
  ({ context }) =>
    async (request, reply) => {
      const file = await getStoreFile(context, callerOf(request), placeOf(request.params))
      return withPollHint(reply, toStoreFileObject(file))
    },
)

const update = endpoint(
  {
    operation: updateStoreFile,
    method: 'POST',
    path: OPENAI_URLS.storeFile,
    tag: 'Vector store files',
    summary: 'Replace the attributes of a file of a vector store',
    params: StoreFileParams,
    body: object({ attributes: nullable(Attributes, 'The new attributes; null for none.') }),
    responses: { 200: { description: 'The file of the store.', body: StoreFileObject } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'FILE_NOT_IN_STORE', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request, reply) => {
      const { attributes } = bodyOf(request)
      if (attributes === undefined) throw invalidValue('attributes', 'missing', 'is required')
      const file = await updateStoreFile(context, callerOf(request), {
        ...placeOf(request.params),
        attributes: optional(attributes, 'attributes', parseAttributes) ?? {},
      })
      return withPollHint(reply, toStoreFileObject(file))
    },
)

const remove = endpoint(
  {
    operation: removeStoreFile,
    method: 'DELETE',
    path: OPENAI_URLS.storeFile,
    tag: 'Vector store files',
    summary: 'Remove a file from a vector store; the File stays',
    params: StoreFileParams,
    responses: {
      200: {
        description: 'The file is removed. No search that begins now finds it.',
        body: object({
          id: { type: 'string' },
          object: { type: 'string', enum: ['vector_store.file.deleted'] },
          deleted: { type: 'boolean' },
        }),
      },
    },
    errors: ['VECTOR_STORE_NOT_FOUND', 'FILE_NOT_IN_STORE'],
  },
  ({ context }) =>
    async (request) => {
      const place = placeOf(request.params)
      await removeStoreFile(context, callerOf(request), place)
      return { id: openaiFileId(place.fileId), object: 'vector_store.file.deleted' as const, deleted: true }
    },
)

const content = endpoint(
  {
    operation: getStoreFileText,
    method: 'GET',
    path: OPENAI_URLS.storeFileContent,
    tag: 'Vector store files',
    summary: 'Get the extracted text of a file of a vector store',
    description: 'Joined, the parts are the text. The list is empty while the file is in progress.',
    params: StoreFileParams,
    query: {
      type: 'object',
      properties: { page: { type: 'string', description: 'The `next_page` of the previous answer.' } },
    },
    responses: {
      200: {
        description: 'The text, or a part of a long one.',
        body: object({
          object: { type: 'string', enum: ['vector_store.file_content.page'] },
          data: {
            type: 'array',
            items: object({ type: { type: 'string', enum: ['text'] }, text: { type: 'string' } }),
          },
          has_more: { type: 'boolean' },
          next_page: { type: ['string', 'null'] },
        }),
      },
    },
    errors: ['VECTOR_STORE_NOT_FOUND', 'FILE_NOT_IN_STORE', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const skip = readPage((request.query as Query).page)
      const input = { ...placeOf(request.params), skip }
      const { texts, hasMore } = await getStoreFileText(context, callerOf(request), input)
      return {
        object: 'vector_store.file_content.page' as const,
        data: texts.map((text) => ({ type: 'text' as const, text })),
        has_more: hasMore,
        next_page: hasMore ? String(skip + texts.length) : null,
      }
    },
)

/** Returns the number of texts before a page. Throws VALIDATION_ERROR. */
function readPage(page: unknown): number {
  if (page === undefined || page === '') return 0
  if (typeof page === 'string' && /^\d{1,9}$/.test(page)) return Number(page)
  throw invalidValue('page', 'invalid', 'must be the next_page of an earlier answer', page)
}

function placeOf(params: { readonly vector_store_id: string; readonly file_id: string }) {
  return { storeId: params.vector_store_id, fileId: fileIdOf(params.file_id) }
}

export const OPENAI_STORE_FILES = [add, list, get, update, remove, content]
