import type { JSONSchema } from 'json-schema-to-ts'
import { fileIdOf } from '../../domain/ids.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import { readId, readText } from '../../domain/read-values.ts'
import { parseMetadata } from '../../domain/vector-stores/parse-attributes.ts'
import type { AccessMode, StoreAccess } from '../../domain/vector-stores/store-access.ts'
import type { Metadata as StoreMetadata } from '../../domain/vector-stores/vector-store.ts'
import { checkName } from '../../operations/check-name.ts'
import { createVectorStore } from '../../operations/vector-stores/create-vector-store.ts'
import { deleteVectorStore } from '../../operations/vector-stores/delete-vector-store.ts'
import { getStoreUsage, type StoreUsage } from '../../operations/vector-stores/get-store-usage.ts'
import { getVectorStore } from '../../operations/vector-stores/get-vector-store.ts'
import { listVectorStores } from '../../operations/vector-stores/list-vector-stores.ts'
import { updateVectorStore } from '../../operations/vector-stores/update-vector-store.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { nullable, object } from '../http/json-schema.ts'
import { URLS } from '../urls.ts'
import { OrganizationParams } from './shapes.ts'
import {
  AccessMode as Access,
  ExpiresAfter,
  fileCount,
  Metadata,
  toVectorStoreBody,
  VectorStoreBody,
} from './vector-store-body.ts'
import { Id, StoreParams, wrap, wrapped, wrappedFields } from './vector-store-shapes.ts'

const MAX_DESCRIPTION_LENGTH = 1024
const MAX_SEARCH_LENGTH = 1024
const MIB = 1024 * 1024
/** Upper bound of entries that `skip` can reach: the database reads all of them. */
const MAX_SKIPPED = 10_000

const Name = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  description: 'A name for people, without control characters.',
} as const satisfies JSONSchema

const AccessDepartments = nullable(
  { type: 'array', items: { type: 'string', minLength: 1, maxLength: 100 }, maxItems: 100 },
  'Departments whose members may use a store with the access mode `department`, which needs at least one.',
)
const AccessUsers = nullable(
  { type: 'array', items: Id, maxItems: 100 },
  'Ids of members who may use a store with the access mode `private`.',
)

/** Fields of a store that can be absent. Null is the value that each has by default. */
const OptionalFields = {
  description: nullable({ type: 'string', maxLength: MAX_DESCRIPTION_LENGTH }, 'A description for people.'),
  access_departments: AccessDepartments,
  access_users: AccessUsers,
  metadata: nullable(Metadata, 'At most 16 pairs. A key has at most 64 characters, a value at most 512.'),
  expires_after: nullable(
    ExpiresAfter,
    'The inactivity after which the store expires: it loses its files, and cannot be searched any more.',
  ),
} as const satisfies Readonly<Record<string, JSONSchema>>

const ACCESS_MODES =
  '`organization` and `public`: every key and member of the organization with the scope. `department`: members of ' +
  '`access_departments`. `private`: the users in `access_users`. The key or user that created the store, and those with ' +
  'the scope `admin`, have access always.'

const create = endpoint(
  {
    operation: createVectorStore,
    method: 'POST',
    path: URLS.vectorStores,
    tag: 'Vector stores',
    summary: 'Create a vector store',
    description: 'A file of `file_ids` that does not exist is added as failed; the others are indexed.',
    params: OrganizationParams,
    body: object(
      { name: Name },
      {
        ...OptionalFields,
        access_mode: nullable(
          Access,
          `Who sees and uses the store; by default \`organization\`. ${ACCESS_MODES}`,
        ),
        file_ids: nullable({ type: 'array', items: Id, maxItems: 500 }, 'Files to add to the store.'),
      },
    ),
    responses: { 201: { description: 'The vector store.', body: wrapped(VectorStoreBody) } },
    errors: [],
  },
  ({ context }) =>
    async (request, reply) => {
      const { name, description = null, access_mode, file_ids } = request.body
      const store = await createVectorStore(context, callerOf(request), {
        ...{ metadata: {}, expiresAfterDays: null, description },
        ...toFields(request.body),
        name,
        access: { ...NO_LISTS, accessMode: access_mode ?? 'organization', ...toAccess(request.body) },
        files: (file_ids ?? []).map(toNewFile),
        waitMs: 0,
      })
      const body = toVectorStoreBody(store, context.now())
      return reply.code(201).send(wrap('The vector store is created.', body))
    },
)

function toNewFile(id: string, index: number) {
  return { fileId: fileIdOf(readId(id, `file_ids[${index}]`)), attributes: null, chunking: null }
}

const SORTS = {
  created_at: 'createdAt',
  updated_at: 'updatedAt',
  name: 'name',
  data_size: 'dataBytes',
  file_count: 'fileCount',
} as const

const ListQuery = object(
  {
    skip: {
      type: 'integer',
      minimum: 0,
      maximum: MAX_SKIPPED,
      default: 0,
      description: 'The number of stores to skip. Use `after` for stores beyond it.',
    },
    take: { type: 'integer', minimum: 1, maximum: 100, default: 20, description: 'The number of stores.' },
    sort: {
      type: 'string',
      enum: ['created_at', 'updated_at', 'name', 'data_size', 'file_count'],
      default: 'created_at',
      description: 'The order of the list.',
    },
    order: {
      type: 'string',
      enum: ['desc', 'asc'],
      default: 'desc',
      description: 'The direction of the order.',
    },
  },
  {
    search: {
      type: 'string',
      maxLength: MAX_SEARCH_LENGTH,
      description: 'Only stores with this text in their name or description, in upper or lower case.',
    },
    access_mode: { ...Access, description: 'Only stores with this access mode.' },
    after: {
      ...Id,
      description:
        'The `next_cursor` of the previous page. The page begins after this store. Overrides `skip`, and requires the sort ' +
        '`created_at`.',
    },
  },
)

const list = endpoint(
  {
    operation: listVectorStores,
    method: 'GET',
    path: URLS.vectorStores,
    tag: 'Vector stores',
    summary: 'List vector stores',
    description:
      'Lists the stores that the key may see. Pass `next_cursor` as `after` to get the next page. The cost does not grow ' +
      'with depth.',
    params: OrganizationParams,
    query: ListQuery,
    responses: {
      200: {
        description: 'A page of vector stores.',
        body: object({
          ...wrappedFields({ type: 'array', items: VectorStoreBody }),
          total: { type: 'integer', description: 'The number of stores on all pages.' },
          has_more: { type: 'boolean', description: 'True if more stores follow this page.' },
          next_cursor: nullable(
            { type: 'string' },
            'The value of `after` for the next page; null on the last page, and for other sorts than `created_at`.',
          ),
        }),
      },
    },
    errors: ['VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const { skip, take, sort, order, search = '', access_mode = null, after = null } = request.query
      readText(search, 'search', MAX_SEARCH_LENGTH)
      if (after !== null && sort !== 'created_at') {
        throw invalidValue('after', 'invalid', 'can only be used with the sort created_at', after)
      }
      const page = await listVectorStores(context, callerOf(request), {
        ...{ limit: take, skip: after === null ? skip : 0, order, after, before: null },
        ...{ search: search === '' ? null : search, accessMode: access_mode, sort: SORTS[sort] },
      })
      const data = page.items.map((store) => toVectorStoreBody(store, context.now()))
      const hasCursor = page.hasMore && sort === 'created_at'
      return {
        ...wrap('These are the vector stores.', data),
        total: page.total,
        has_more: page.hasMore,
        next_cursor: hasCursor ? (data.at(-1)?.id ?? null) : null,
      }
    },
)

const Megabytes = {
  type: 'number',
  description: 'In units of 1,048,576 bytes, rounded to two decimals.',
} as const

const UsageBody = object({
  total_size_bytes: { type: 'integer', description: 'The size of the files of all stores in bytes.' },
  total_size_mb: Megabytes,
  total_files: { type: 'integer', description: 'The number of files of all stores.' },
  vector_store_count: { type: 'integer' },
  vector_stores: {
    type: 'array',
    items: object({
      id: { type: 'string', examples: ['vs_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
      name: { type: 'string' },
      file_count: { type: 'integer' },
      size_bytes: { type: 'integer', description: 'The size of the files of the store in bytes.' },
      size_mb: Megabytes,
      usage_bytes: {
        type: 'integer',
        description:
          'The size in bytes of the extracted text and the vectors. It does not count against the quota.',
      },
    }),
    description: 'The 1,000 largest stores, the largest first.',
  },
})

const getUsage = endpoint(
  {
    operation: getStoreUsage,
    method: 'GET',
    path: URLS.vectorStoreUsage,
    tag: 'Vector stores',
    summary: 'Get the sizes of the vector stores',
    description: 'Counts the stores that the key may see.',
    params: OrganizationParams,
    responses: { 200: { description: 'The sizes.', body: wrapped(UsageBody) } },
    errors: [],
  },
  ({ context }) =>
    async (request) =>
      wrap(
        'These are the sizes of the vector stores.',
        toUsageBody(await getStoreUsage(context, callerOf(request))),
      ),
)

function toUsageBody({ totalBytes, totalFiles, storeCount, stores }: StoreUsage) {
  return {
    total_size_bytes: totalBytes,
    total_size_mb: toMegabytes(totalBytes),
    total_files: totalFiles,
    vector_store_count: storeCount,
    vector_stores: stores.map((store) => ({
      id: store.id,
      name: store.name,
      file_count: fileCount(store),
      size_bytes: store.dataBytes,
      size_mb: toMegabytes(store.dataBytes),
      usage_bytes: store.usageBytes,
    })),
  }
}

function toMegabytes(bytes: number): number {
  return Math.round((bytes / MIB) * 100) / 100
}

const get = endpoint(
  {
    operation: getVectorStore,
    method: 'GET',
    path: URLS.vectorStore,
    tag: 'Vector stores',
    summary: 'Get a vector store',
    params: StoreParams,
    responses: { 200: { description: 'The vector store.', body: wrapped(VectorStoreBody) } },
    errors: ['VECTOR_STORE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const store = await getVectorStore(context, callerOf(request), request.params.vector_store_id)
      return wrap('This is the vector store.', toVectorStoreBody(store, context.now()))
    },
)

const update = endpoint(
  {
    operation: updateVectorStore,
    method: 'PATCH',
    path: URLS.vectorStore,
    tag: 'Vector stores',
    summary: 'Change a vector store',
    description:
      'Absent fields do not change. Null removes the description, the metadata or the expiry. `metadata` replaces all pairs.',
    params: StoreParams,
    body: object(
      {},
      {
        ...OptionalFields,
        name: Name,
        access_mode: { ...Access, description: `Who sees and uses the store. ${ACCESS_MODES}` },
      },
    ),
    responses: { 200: { description: 'The changed vector store.', body: wrapped(VectorStoreBody) } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'VECTOR_STORE_EXPIRED'],
  },
  ({ context }) =>
    async (request) => {
      const { body, params } = request
      const changes = { storeId: params.vector_store_id, ...toFields(body) }
      const store = await updateVectorStore(context, callerOf(request), changes)
      return wrap('The vector store is changed.', toVectorStoreBody(store, context.now()))
    },
)

const remove = endpoint(
  {
    operation: deleteVectorStore,
    method: 'DELETE',
    path: URLS.vectorStore,
    tag: 'Vector stores',
    summary: 'Delete a vector store; its Files stay',
    params: StoreParams,
    responses: { 204: { description: 'The vector store is deleted.' } },
    errors: ['VECTOR_STORE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request, reply) => {
      await deleteVectorStore(context, callerOf(request), request.params.vector_store_id)
      return reply.code(204).send()
    },
)

export const VECTOR_STORES = [create, list, getUsage, get, update, remove]

interface StoreFields {
  readonly name?: string
  readonly description?: string | null
  readonly access_mode?: AccessMode | null
  readonly access_departments?: readonly string[] | null
  readonly access_users?: readonly string[] | null
  readonly metadata?: StoreMetadata | null
  readonly expires_after?: { readonly days: number } | null
}

/** Returns the given fields with the names that operations use. Throws VALIDATION_ERROR. */
function toFields(body: StoreFields) {
  const { name, description, metadata, expires_after } = body
  if (name !== undefined) checkName('name', name)
  readText(description ?? '', 'description', MAX_DESCRIPTION_LENGTH)
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(hasAccess(body) ? { access: toAccess(body) } : {}),
    ...(metadata === undefined
      ? {}
      : { metadata: metadata === null ? {} : parseMetadata(metadata, 'metadata') }),
    ...(expires_after === undefined ? {} : { expiresAfterDays: expires_after?.days ?? null }),
  }
}

const NO_LISTS = { accessDepartments: [], accessUsers: [] } as const

function hasAccess({ access_mode, access_departments, access_users }: StoreFields): boolean {
  return [access_mode ?? undefined, access_departments, access_users].some((field) => field !== undefined)
}

/** Returns the given fields of the access. Null empties a list. */
function toAccess({ access_mode, access_departments, access_users }: StoreFields): Partial<StoreAccess> {
  return {
    ...(access_mode ? { accessMode: access_mode } : {}),
    ...(access_departments === undefined ? {} : { accessDepartments: access_departments ?? [] }),
    ...(access_users === undefined ? {} : { accessUsers: access_users ?? [] }),
  }
}
