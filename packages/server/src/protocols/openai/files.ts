import { create as createDisposition } from 'content-disposition'
import { ServiceError } from '../../domain/errors.ts'
import { fileIdOf } from '../../domain/ids.ts'
import { deleteFile } from '../../operations/files/delete-file.ts'
import { getFile } from '../../operations/files/get-file.ts'
import { listFiles } from '../../operations/files/list-files.ts'
import { readFile } from '../../operations/files/read-file.ts'
import { uploadFiles } from '../../operations/files/upload-files.ts'
import { callerOf } from '../http/authenticated.ts'
import { contentHeaders } from '../http/content-headers.ts'
import { endpoint } from '../http/endpoint.ts'
import { object } from '../http/json-schema.ts'
import { sendFile } from '../http/send-file.ts'
import { OPENAI_URLS } from '../urls.ts'
import { openaiFileId } from './file-id.ts'
import { FileObject, PURPOSES, readPurpose, toFileObject } from './file-object.ts'
import { formFile } from './form-file.ts'
import { listOf, listParameters, toListBody } from './list-body.ts'
import { type Query, readListQuery } from './list-query.ts'

const MAX_LISTED = 10_000

const FileParams = object({
  file_id: { type: 'string', description: 'The id of the File, `file-…` or `file_…`.' },
})

const Form = {
  type: 'object',
  required: ['file', 'purpose'],
  properties: {
    file: { type: 'string', contentMediaType: 'application/octet-stream', description: 'The bytes.' },
    purpose: { type: 'string', enum: PURPOSES },
    'expires_after[anchor]': { type: 'string', enum: ['created_at'] },
    'expires_after[seconds]': { type: 'integer', minimum: 3600, maximum: 2_592_000 },
  },
}

const create = endpoint(
  {
    operation: uploadFiles,
    method: 'POST',
    path: OPENAI_URLS.files,
    tag: 'Files',
    summary: 'Upload a file',
    description:
      'The fields may have any order. The type of the part is a hint: the service detects the type when the hint is missing ' +
      'or the bytes contradict it.',
    streamedBody: {
      required: true,
      content: { 'multipart/form-data': { schema: Form, example: { file: '…', purpose: 'user_data' } } },
    },
    responses: { 200: { description: 'The File.', body: FileObject } },
    errors: [
      'VALIDATION_ERROR',
      'FILE_TOO_LARGE',
      'FILE_REJECTED',
      'STORAGE_QUOTA_EXCEEDED',
      'UNSUPPORTED_MEDIA_TYPE',
    ],
  },
  ({ context }) =>
    async (request) => {
      const isForm = /^multipart\/form-data\s*(;|$)/i.test(request.headers['content-type'] ?? '')
      if (!isForm) throw new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'send the file as multipart/form-data')
      const incoming = formFile(request, context.limits.openaiFileMaxBytes)
      const [file] = await uploadFiles(context, callerOf(request), incoming)
      if (file === undefined) throw new Error('the upload of one file returned none')
      return toFileObject(file)
    },
)

const list = endpoint(
  {
    operation: listFiles,
    method: 'GET',
    path: OPENAI_URLS.files,
    tag: 'Files',
    summary: 'List Files',
    query: {
      type: 'object',
      properties: {
        purpose: { type: 'string', enum: PURPOSES, description: 'Only Files with this label.' },
        ...listParameters(MAX_LISTED, MAX_LISTED),
      },
    },
    responses: { 200: { description: 'A part of the list.', body: listOf(FileObject) } },
    errors: ['VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const query = request.query as Query
      const { limit, order, after, before } = readListQuery(query, { max: MAX_LISTED, usual: MAX_LISTED })
      const { purpose } = query
      const page = await listFiles(context, callerOf(request), {
        page: 1,
        limit,
        after: after === null ? null : fileIdOf(after),
        before: before === null ? null : fileIdOf(before),
        order,
        purpose: purpose === undefined || purpose === '' ? 'all' : readPurpose(purpose),
      })
      return toListBody(page.items.map(toFileObject), page.hasMore)
    },
)

const get = endpoint(
  {
    operation: getFile,
    method: 'GET',
    path: OPENAI_URLS.file,
    tag: 'Files',
    summary: 'Get a File',
    params: FileParams,
    responses: { 200: { description: 'The File.', body: FileObject } },
    errors: ['FILE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) =>
      toFileObject(await getFile(context, callerOf(request), fileIdOf(request.params.file_id))),
)

const remove = endpoint(
  {
    operation: deleteFile,
    method: 'DELETE',
    path: OPENAI_URLS.file,
    tag: 'Files',
    summary: 'Delete a File and its bytes',
    description: 'The File leaves every vector store at once.',
    params: FileParams,
    responses: {
      200: {
        description: 'The File is deleted.',
        body: object({
          id: { type: 'string' },
          object: { type: 'string', enum: ['file'] },
          deleted: { type: 'boolean' },
        }),
      },
    },
    errors: ['FILE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const fileId = fileIdOf(request.params.file_id)
      await deleteFile(context, callerOf(request), fileId)
      return { id: openaiFileId(fileId), object: 'file' as const, deleted: true }
    },
)

const content = endpoint(
  {
    operation: readFile,
    method: ['GET', 'HEAD'],
    path: OPENAI_URLS.fileContent,
    tag: 'Files',
    summary: 'Get the bytes of a File, or a range of them',
    params: FileParams,
    responses: {
      200: { description: 'All bytes.', content: { '*/*': { schema: {}, example: '…' } } },
      206: { description: 'The requested range.', content: { '*/*': { schema: {}, example: '…' } } },
      304: { description: 'The client has the current bytes.' },
    },
    errors: ['FILE_NOT_FOUND', 'PRECONDITION_FAILED', 'RANGE_NOT_SATISFIABLE', 'STORAGE_UNAVAILABLE'],
  },
  ({ context }) =>
    async (request, reply) => {
      const { file, read } = await readFile(context, callerOf(request), fileIdOf(request.params.file_id))
      const disposition = createDisposition(file.filename, { type: 'attachment' })
      return sendFile(request, reply, {
        file,
        headers: { ...contentHeaders(file), 'content-disposition': disposition },
        read: async (range) => (request.method === 'HEAD' ? null : read(range)),
      })
    },
)

/** Endpoints for Files with JSON bodies or none. */
export const OPENAI_FILES = [list, get, remove, content]

/** The endpoint that receives a file as `multipart/form-data`. */
export const OPENAI_FILE_UPLOADS = [create]
