import { invalidValue } from '../../domain/invalid-value.ts'
import { isAbsent, type JsonObject, readList, readObject } from '../../domain/read-values.ts'
import { parseAttributes } from '../../domain/vector-stores/parse-attributes.ts'
import { parseChunking } from '../../domain/vector-stores/parse-chunking.ts'
import type { NewStoreFile } from '../../operations/vector-stores/add-store-file.ts'
import { cancelFileBatch } from '../../operations/vector-stores/cancel-file-batch.ts'
import { createFileBatch } from '../../operations/vector-stores/create-file-batch.ts'
import { getFileBatch } from '../../operations/vector-stores/get-file-batch.ts'
import { listBatchFiles } from '../../operations/vector-stores/list-batch-files.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { object } from '../http/json-schema.ts'
import { OPENAI_URLS } from '../urls.ts'
import { listOf, toListBody } from './list-body.ts'
import type { Query } from './list-query.ts'
import { bodyOf, optional, readFileId, readFileIds } from './read-body.ts'
import { readStoreFileQuery, STORE_FILE_QUERY } from './store-files.ts'
import {
  BatchObject,
  StoreFileObject,
  toBatchObject,
  toStoreFileObject,
  withPollHint,
} from './store-objects.ts'
import { Attributes, BatchParams, ChunkingStrategy, StoreParams } from './store-schemas.ts'

const MAX_FILES = 2000
/** Room for 2,000 files with attributes. */
const MAX_BODY_BYTES = 24 * 1024 * 1024

const create = endpoint(
  {
    operation: createFileBatch,
    method: 'POST',
    path: OPENAI_URLS.fileBatches,
    tag: 'File batches',
    summary: 'Add many Files to a vector store',
    description:
      'Send `file_ids` with attributes and a chunking strategy for all of them, or `files` with their own. Files that do ' +
      'not exist become failed entries. An id that occurs again counts once.',
    params: StoreParams,
    body: object(
      {},
      {
        file_ids: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: MAX_FILES },
        files: {
          type: 'array',
          items: object(
            { file_id: { type: 'string' } },
            { attributes: Attributes, chunking_strategy: ChunkingStrategy },
          ),
          minItems: 1,
          maxItems: MAX_FILES,
        },
        attributes: Attributes,
        chunking_strategy: ChunkingStrategy,
      },
    ),
    maxBodyBytes: MAX_BODY_BYTES,
    responses: { 200: { description: 'The batch.', body: BatchObject } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'VECTOR_STORE_EXPIRED', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request, reply) => {
      const batch = await createFileBatch(context, callerOf(request), {
        storeId: request.params.vector_store_id,
        files: readFiles(bodyOf(request)),
        waitMs: context.limits.indexWaitMs,
      })
      return withPollHint(reply, toBatchObject(batch))
    },
)

function readFiles(body: JsonObject): readonly NewStoreFile[] {
  const { file_ids, files } = body
  if (isAbsent(files)) {
    if (isAbsent(file_ids)) throw invalidValue('file_ids', 'missing', 'is required')
    const ofAll = readProperties(body, '')
    return readFileIds(file_ids, 'file_ids', MAX_FILES, 1).map((fileId) => ({ fileId, ...ofAll }))
  }
  if (!isAbsent(file_ids)) throw invalidValue('files', 'invalid', 'must not be sent together with file_ids')
  return readList(files, 'files', MAX_FILES, 1).map((entry, index) => {
    const path = `files[${index}]`
    const file = readObject(entry, path)
    return { fileId: readFileId(file.file_id, `${path}.file_id`), ...readProperties(file, `${path}.`) }
  })
}

function readProperties({ attributes, chunking_strategy }: JsonObject, prefix: string) {
  return {
    attributes: optional(attributes, `${prefix}attributes`, parseAttributes),
    chunking: optional(chunking_strategy, `${prefix}chunking_strategy`, parseChunking),
  }
}

const get = endpoint(
  {
    operation: getFileBatch,
    method: 'GET',
    path: OPENAI_URLS.fileBatch,
    tag: 'File batches',
    summary: 'Get a batch',
    params: BatchParams,
    responses: { 200: { description: 'The batch.', body: BatchObject } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'FILE_BATCH_NOT_FOUND'],
  },
  ({ context }) =>
    async (request, reply) =>
      withPollHint(
        reply,
        toBatchObject(await getFileBatch(context, callerOf(request), placeOf(request.params))),
      ),
)

const cancel = endpoint(
  {
    operation: cancelFileBatch,
    method: 'POST',
    path: OPENAI_URLS.cancelFileBatch,
    tag: 'File batches',
    summary: 'Cancel a batch; completed files stay',
    params: BatchParams,
    responses: { 200: { description: 'The batch.', body: BatchObject } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'FILE_BATCH_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) =>
      toBatchObject(await cancelFileBatch(context, callerOf(request), placeOf(request.params))),
)

const listFiles = endpoint(
  {
    operation: listBatchFiles,
    method: 'GET',
    path: OPENAI_URLS.batchFiles,
    tag: 'File batches',
    summary: 'List the files of a batch',
    params: BatchParams,
    query: STORE_FILE_QUERY,
    responses: { 200: { description: 'A part of the list.', body: listOf(StoreFileObject) } },
    errors: ['VECTOR_STORE_NOT_FOUND', 'FILE_BATCH_NOT_FOUND', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const input = { ...placeOf(request.params), ...readStoreFileQuery(request.query as Query) }
      const page = await listBatchFiles(context, callerOf(request), input)
      return toListBody(page.items.map(toStoreFileObject), page.hasMore)
    },
)

function placeOf(params: { readonly vector_store_id: string; readonly batch_id: string }) {
  return { storeId: params.vector_store_id, batchId: params.batch_id }
}

export const OPENAI_FILE_BATCHES = [create, get, cancel, listFiles]
