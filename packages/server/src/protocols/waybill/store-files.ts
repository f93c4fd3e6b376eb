import type { Caller } from '../../domain/access/caller.ts'
import { fileIdOf } from '../../domain/ids.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import { isAbsent } from '../../domain/read-values.ts'
import { parseAttributes } from '../../domain/vector-stores/parse-attributes.ts'
import { parseChunking } from '../../domain/vector-stores/parse-chunking.ts'
import { INDEXING_STEPS, type LogEntry, type StoreFile } from '../../domain/vector-stores/store-file.ts'
import type { Context } from '../../operations/context.ts'
import { skippedBefore } from '../../operations/page-request.ts'
import { addStoreFile } from '../../operations/vector-stores/add-store-file.ts'
import {
  type EstimatedStoreFile,
  estimateCompletion,
} from '../../operations/vector-stores/estimate-completion.ts'
import { getStoreFile } from '../../operations/vector-stores/get-store-file.ts'
import { getStoreFileLog } from '../../operations/vector-stores/get-store-file-log.ts'
import { listStoreFiles } from '../../operations/vector-stores/list-store-files.ts'
import { removeStoreFile } from '../../operations/vector-stores/remove-store-file.ts'
import { retryStoreFile } from '../../operations/vector-stores/retry-store-file.ts'
import type { StoreFilePlace } from '../../operations/vector-stores/store-file-place.ts'
import { updateStoreFile } from '../../operations/vector-stores/update-store-file.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { nullable, object, Time } from '../http/json-schema.ts'
import { URLS } from '../urls.ts'
import { ListQuery as ListFilesQuery } from './shapes.ts'
import {
  ProcessingStatusBody,
  STATUSES,
  StoreFileBody,
  toDomainStatuses,
  toProcessingStatus,
  toStoreFileBody,
} from './store-file-body.ts'
import {
  Attributes,
  Chunking,
  Id,
  StoreFileParams,
  StoreParams,
  toTime,
  wrap,
  wrapped,
} from './vector-store-shapes.ts'

const add = endpoint(
  {
    operation: addStoreFile,
    method: 'POST',
    path: URLS.storeFiles,
    tag: 'Vector stores',
    summary: 'Add a File to a vector store',
    description:
      'Its text is extracted and indexed after the answer. Adding a File again returns it as it is, with `attributes` ' +
      'replaced where they are given. A new `chunking_strategy`, or an earlier failure, indexes it again. Needs the scope ' +
      '`files:read` too.',
    params: StoreParams,
    body: object(
      {},
      {
        file_id: { ...Id, description: 'The `id` of the File. Required, unless `fileId` is given.' },
        fileId: { ...Id, description: 'The same as `file_id`, for older clients.' },
        attributes: nullable(Attributes, 'Values that filters compare, by key.'),
        chunking_strategy: nullable(Chunking, 'The division of the text into chunks; by default `auto`.'),
      },
    ),
    responses: { 201: { description: 'The file of the store.', body: wrapped(StoreFileBody) } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'FILE_NOT_FOUND', 'VECTOR_STORE_EXPIRED'],
  },
  ({ context }) =>
    async (request, reply) => {
      const caller = callerOf(request)
      const { fileId, file_id = fileId, attributes, chunking_strategy } = request.body
      if (file_id === undefined) throw invalidValue('file_id', 'missing', 'is required')
      const file = await addStoreFile(context, caller, {
        storeId: request.params.vector_store_id,
        fileId: fileIdOf(file_id),
        attributes: isAbsent(attributes) ? null : parseAttributes(attributes, 'attributes'),
        chunking: isAbsent(chunking_strategy) ? null : parseChunking(chunking_strategy, 'chunking_strategy'),
        waitMs: 0,
      })
      return reply
        .code(201)
        .send(wrap('The file is in the vector store.', await toBody(context, caller, file)))
    },
)

const ListQuery = object(
  { page: ListFilesQuery.properties.page, page_size: { ...ListFilesQuery.properties.limit, default: 20 } },
  {
    status: {
      type: 'string',
      maxLength: 100,
      description:
        'Only files with one of these states, separated by commas: `pending`, `processing`, `completed`, `failed`.',
      examples: ['pending,processing'],
    },
    after: ListFilesQuery.properties.after,
  },
)

const list = endpoint(
  {
    operation: listStoreFiles,
    method: 'GET',
    path: URLS.storeFiles,
    tag: 'Vector stores',
    summary: 'List the files of a vector store, newest first',
    description:
      'Pass `next_cursor` as `after` to get the next page. The cost does not grow with depth. Numbered pages end at entry ' +
      '10,000; a deeper page is refused with 422 `VALIDATION_ERROR`.',
    params: StoreParams,
    query: ListQuery,
    responses: {
      200: {
        description: 'A page of files.',
        body: wrapped(
          object({
            total: { type: 'integer', description: 'The number of files on all pages.' },
            page: { type: 'integer', description: 'The requested page.' },
            page_size: { type: 'integer', description: 'The requested number of files per page.' },
            total_pages: { type: 'integer', description: 'The number of pages.' },
            files: { type: 'array', items: StoreFileBody },
            next_cursor: nullable(
              { type: 'string' },
              'The value of `after` for the next page; null on the last page.',
            ),
          }),
        ),
      },
    },
    errors: ['VECTOR_STORE_NOT_FOUND', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const { page, page_size, status, after = null } = request.query
      const caller = callerOf(request)
      const found = await listStoreFiles(context, caller, {
        storeId: request.params.vector_store_id,
        limit: page_size,
        skip: after === null ? skippedBefore(page, page_size) : 0,
        order: 'desc',
        after: after === null ? null : fileIdOf(after),
        before: null,
        statuses: status === undefined ? [] : parseStatuses(status),
      })
      const files = (await estimateCompletion(context, caller, found.items)).map(toStoreFileBody)
      return wrap('These are the files of the vector store.', {
        total: found.total,
        page,
        page_size,
        total_pages: Math.ceil(found.total / page_size),
        files,
        next_cursor: found.hasMore ? (files.at(-1)?.id ?? null) : null,
      })
    },
)

/** Parses states that are separated by commas. Throws VALIDATION_ERROR for an unknown one. */
function parseStatuses(text: string) {
  const statuses = text.split(',').map((word) => STATUSES.find((status) => status === word.trim()))
  const known = statuses.filter((status) => status !== undefined)
  if (known.length === statuses.length) return toDomainStatuses([...new Set(known)])
  const rule = `must be one or more of ${STATUSES.join(', ')}, separated by commas`
  throw invalidValue('status', 'invalid', rule, text)
}

const get = endpoint(
  {
    operation: getStoreFile,
    method: 'GET',
    path: URLS.storeFile,
    tag: 'Vector stores',
    summary: 'Get a file of a vector store',
    params: StoreFileParams,
    responses: { 200: { description: 'The file of the store.', body: wrapped(StoreFileBody) } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'FILE_NOT_IN_STORE'],
  },
  ({ context }) =>
    async (request) => {
      const caller = callerOf(request)
      const file = await getStoreFile(context, caller, placeOf(request.params))
      return wrap('This is the file of the vector store.', await toBody(context, caller, file))
    },
)

const update = endpoint(
  {
    operation: updateStoreFile,
    method: 'PATCH',
    path: URLS.storeFile,
    tag: 'Vector stores',
    summary: 'Replace the attributes of a file of a vector store',
    description: 'Filters compare the new attributes at once. Null removes them.',
    params: StoreFileParams,
    body: object({ attributes: nullable(Attributes, 'Values that filters compare, by key.') }),
    responses: { 200: { description: 'The changed file of the store.', body: wrapped(StoreFileBody) } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'FILE_NOT_IN_STORE'],
  },
  ({ context }) =>
    async (request) => {
      const { body, params } = request
      const attributes = body.attributes === null ? {} : parseAttributes(body.attributes, 'attributes')
      const caller = callerOf(request)
      const file = await updateStoreFile(context, caller, { ...placeOf(params), attributes })
      return wrap('The attributes are replaced.', await toBody(context, caller, file))
    },
)

const getStatus = endpoint(
  {
    operation: { action: 'getStoreFileStatus', scope: getStoreFile.scope },
    method: 'GET',
    path: URLS.storeFileStatus,
    tag: 'Vector stores',
    summary: 'Get the progress of a file of a vector store',
    params: StoreFileParams,
    responses: { 200: { description: 'The progress of the indexing.', body: wrapped(ProcessingStatusBody) } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'FILE_NOT_IN_STORE'],
  },
  ({ context }) =>
    async (request) => {
      const file = await getStoreFile(context, callerOf(request), placeOf(request.params))
      return wrap('This is the progress of the file.', toProcessingStatus(file))
    },
)

const LogBody = object({
  file_id: { type: 'string' },
  vector_store_id: { type: 'string' },
  entries: {
    type: 'array',
    items: object({
      at: Time,
      level: { type: 'string', enum: ['info', 'warning', 'error'] },
      step: { type: 'string', enum: INDEXING_STEPS },
      message: { type: 'string', description: 'Without text of the document.' },
      attempt: { type: 'integer' },
    }),
    description: 'The last 200 entries, the oldest first.',
  },
})

const getLog = endpoint(
  {
    operation: getStoreFileLog,
    method: 'GET',
    path: URLS.storeFileLog,
    tag: 'Vector stores',
    summary: 'Get the log of a file of a vector store',
    description: 'Entries are kept for 30 days.',
    params: StoreFileParams,
    responses: { 200: { description: 'The log of the indexing.', body: wrapped(LogBody) } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'FILE_NOT_IN_STORE'],
  },
  ({ context }) =>
    async (request) => {
      const caller = callerOf(request)
      const place = placeOf(request.params)
      // The path may have the id of the association.
      const { fileId, vectorStoreId } = await getStoreFile(context, caller, place)
      const entries = await getStoreFileLog(context, caller, place)
      return wrap('This is the log of the file.', {
        file_id: fileId,
        vector_store_id: vectorStoreId,
        entries: entries.map(toLogEntry),
      })
    },
)

function toLogEntry({ atMs, ...entry }: LogEntry) {
  return { at: toTime(atMs), ...entry }
}

const retry = endpoint(
  {
    operation: retryStoreFile,
    method: 'POST',
    path: URLS.retryStoreFile,
    tag: 'Vector stores',
    summary: 'Index a failed file of a vector store again',
    description:
      'A pending or processing file is returned unchanged. A completed file is refused with 409 `FILE_ALREADY_PROCESSED`, ' +
      'unless `force` is true; its chunks answer searches meanwhile.',
    params: StoreFileParams,
    body: nullable(
      {
        type: 'object',
        properties: {
          reset_error: {
            type: 'boolean',
            default: true,
            description: 'False keeps the error message until the next result.',
          },
          force: { type: 'boolean', default: false, description: 'True indexes a completed file again.' },
        },
      },
      'May be missing.',
    ),
    isBodyOptional: true,
    responses: { 200: { description: 'The progress of the indexing.', body: wrapped(ProcessingStatusBody) } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'FILE_NOT_IN_STORE', 'FILE_ALREADY_PROCESSED'],
  },
  ({ context }) =>
    async (request) => {
      const { reset_error = true, force = false } = request.body ?? {}
      const input = { ...placeOf(request.params), isForced: force, keepsError: !reset_error }
      const file = await retryStoreFile(context, callerOf(request), input)
      return wrap('The file is indexed again.', toProcessingStatus(file))
    },
)

const remove = endpoint(
  {
    operation: removeStoreFile,
    method: 'DELETE',
    path: URLS.storeFile,
    tag: 'Vector stores',
    summary: 'Remove a file from a vector store; the File stays',
    description: 'A search that begins after the answer does not find it.',
    params: StoreFileParams,
    responses: { 204: { description: 'The file is removed from the store.' } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'FILE_NOT_IN_STORE'],
  },
  ({ context }) =>
    async (request, reply) => {
      await removeStoreFile(context, callerOf(request), placeOf(request.params))
      return reply.code(204).send()
    },
)

export const STORE_FILES = [add, list, get, update, getStatus, getLog, retry, remove]

async function toBody(context: Context, caller: Caller, file: StoreFile): Promise<StoreFileBody> {
  const [estimated] = await estimateCompletion(context, caller, [file])
  return toStoreFileBody(estimated as EstimatedStoreFile)
}

type FilePath = { readonly vector_store_id: string; readonly file_id: string }

function placeOf({ vector_store_id, file_id }: FilePath): StoreFilePlace {
  return { storeId: vector_store_id, fileId: fileIdOf(file_id) }
}
