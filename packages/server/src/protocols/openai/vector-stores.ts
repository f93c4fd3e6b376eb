import { type JsonObject, readText } from '../../domain/read-values.ts'
import { parseMetadata } from '../../domain/vector-stores/parse-attributes.ts'
import { parseChunking } from '../../domain/vector-stores/parse-chunking.ts'
import { parseStoreExpiry } from '../../domain/vector-stores/parse-store-expiry.ts'
import { createVectorStore, type NewVectorStore } from '../../operations/vector-stores/create-vector-store.ts'
import { deleteVectorStore } from '../../operations/vector-stores/delete-vector-store.ts'
import { getVectorStore } from '../../operations/vector-stores/get-vector-store.ts'
import { listVectorStores } from '../../operations/vector-stores/list-vector-stores.ts'
import {
  updateVectorStore,
  type VectorStoreChanges,
} from '../../operations/vector-stores/update-vector-store.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { nullable, object } from '../http/json-schema.ts'
import { OPENAI_URLS } from '../urls.ts'
import { listOf, listParameters, toListBody } from './list-body.ts'
import { type Query, readListQuery } from './list-query.ts'
import { bodyOf, optional, readFileIds } from './read-body.ts'
import { toVectorStoreObject, VectorStoreObject, withPollHint } from './store-objects.ts'
import { ChunkingStrategy, Metadata, StoreExpiry, StoreParams } from './store-schemas.ts'

const MAX_FILES = 500
const MAX_NAME_LENGTH = 256
const MAX_DESCRIPTION_LENGTH = 1024
export const PAGES = { max: 100, usual: 20 }

const create = endpoint(
  {
    operation: createVectorStore,
    method: 'POST',
    path: OPENAI_URLS.vectorStores,
    tag: 'Vector stores',
    summary: 'Create a vector store',
    description: 'Files that do not exist become failed entries of the store.',
    body: object(
      {},
      {
        name: { type: 'string', maxLength: MAX_NAME_LENGTH },
        description: { type: 'string', maxLength: MAX_DESCRIPTION_LENGTH },
        file_ids: { type: 'array', items: { type: 'string' }, maxItems: MAX_FILES },
        chunking_strategy: ChunkingStrategy,
        expires_after: StoreExpiry,
        metadata: Metadata,
      },
    ),
    responses: { 200: { description: 'The vector store.', body: VectorStoreObject } },
    errors: ['VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request, reply) => {
      const input = { ...readNewStore(bodyOf(request)), waitMs: context.limits.indexWaitMs }
      const store = await createVectorStore(context, callerOf(request), input)
      return withPollHint(reply, toVectorStoreObject(store, context.now()))
    },
)

function readNewStore(body: JsonObject): Omit<NewVectorStore, 'waitMs'> {
  const chunking = optional(body.chunking_strategy, 'chunking_strategy', parseChunking)
  const fileIds =
    optional(body.file_ids, 'file_ids', (value, path) => readFileIds(value, path, MAX_FILES)) ?? []
  return {
    name: optional(body.name, 'name', readName) ?? '',
    description: optional(body.description, 'description', (value, path) =>
      readText(value, path, MAX_DESCRIPTION_LENGTH),
    ),
    access: { accessMode: 'organization', accessDepartments: [], accessUsers: [] },
    metadata: optional(body.metadata, 'metadata', parseMetadata) ?? {},
    expiresAfterDays: optional(body.expires_after, 'expires_after', parseStoreExpiry),
    files: fileIds.map((fileId) => ({ fileId, attributes: null, chunking })),
  }
}

const readName = (value: unknown, path: string) => readText(value, path, MAX_NAME_LENGTH)

const list = endpoint(
  {
    operation: listVectorStores,
    method: 'GET',
    path: OPENAI_URLS.vectorStores,
    tag: 'Vector stores',
    summary: 'List vector stores',
    query: {
      type: 'object',
      properties: {
        ...listParameters(PAGES.max, PAGES.usual),
      },
    },
    responses: { 200: { description: 'A part of the list.', body: listOf(VectorStoreObject) } },
    errors: ['VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const cursor = readListQuery(request.query as Query, PAGES)
      const input = { ...cursor, skip: 0, search: null, accessMode: null, sort: 'createdAt' } as const
      const page = await listVectorStores(context, callerOf(request), input)
      const nowMs = context.now()
      return toListBody(
        page.items.map((store) => toVectorStoreObject(store, nowMs)),
        page.hasMore,
      )
    },
)

const get = endpoint(
  {
    operation: getVectorStore,
    method: 'GET',
    path: OPENAI_URLS.vectorStore,
    tag: 'Vector stores',
    summary: 'Get a vector store',
    params: StoreParams,
    responses: { 200: { description: 'The vector store.', body: VectorStoreObject } },
    errors: ['VECTOR_STORE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request, reply) => {
      const store = await getVectorStore(context, callerOf(request), request.params.vector_store_id)
      return withPollHint(reply, toVectorStoreObject(store, context.now()))
    },
)

const update = endpoint(
  {
    operation: updateVectorStore,
    method: 'POST',
    path: OPENAI_URLS.vectorStore,
    tag: 'Vector stores',
    summary: 'Change a vector store',
    description:
      'Absent members keep their value. `metadata` is replaced; `expires_after: null` removes the expiry.',
    params: StoreParams,
    body: object(
      {},
      {
        name: { type: 'string', maxLength: MAX_NAME_LENGTH },
        metadata: Metadata,
        expires_after: nullable(StoreExpiry, 'Null removes the expiry.'),
      },
    ),
    responses: { 200: { description: 'The vector store.', body: VectorStoreObject } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'VECTOR_STORE_EXPIRED', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request, reply) => {
      const { vector_store_id: storeId } = request.params
      const changes = { storeId, ...readChanges(bodyOf(request)), isActivity: true }
      const store = await updateVectorStore(context, callerOf(request), changes)
      return withPollHint(reply, toVectorStoreObject(store, context.now()))
    },
)

function readChanges(body: JsonObject): Omit<VectorStoreChanges, 'storeId'> {
  const name = optional(body.name, 'name', readName)
  const metadata = optional(body.metadata, 'metadata', parseMetadata)
  const days = optional(body.expires_after, 'expires_after', parseStoreExpiry)
  return {
    ...(name === null ? {} : { name }),
    ...(metadata === null ? {} : { metadata }),
    ...(body.expires_after === undefined ? {} : { expiresAfterDays: days }),
  }
}

const remove = endpoint(
  {
    operation: deleteVectorStore,
    method: 'DELETE',
    path: OPENAI_URLS.vectorStore,
    tag: 'Vector stores',
    summary: 'Delete a vector store; its Files stay',
    params: StoreParams,
    responses: {
      200: {
        description: 'The vector store is deleted.',
        body: object({
          id: { type: 'string' },
          object: { type: 'string', enum: ['vector_store.deleted'] },
          deleted: { type: 'boolean' },
        }),
      },
    },
    errors: ['VECTOR_STORE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const { vector_store_id: id } = request.params
      await deleteVectorStore(context, callerOf(request), id)
      return { id, object: 'vector_store.deleted' as const, deleted: true }
    },
)

export const OPENAI_VECTOR_STORES = [create, list, get, update, remove]
