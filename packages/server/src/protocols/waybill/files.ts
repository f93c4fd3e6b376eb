import { fileIdOf } from '../../domain/ids.ts'
import { deleteFile } from '../../operations/files/delete-file.ts'
import { getFile } from '../../operations/files/get-file.ts'
import { getFileContent } from '../../operations/files/get-file-content.ts'
import { listFiles } from '../../operations/files/list-files.ts'
import { registerFile } from '../../operations/files/register-file.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { object } from '../http/json-schema.ts'
import { downloadUrl, URLS } from '../urls.ts'
import { DeclaredFile, FileBody, toFileBody } from './file-body.ts'
import { FileParams, ListQuery, OrganizationParams, PageFields, pageFields, toListInput } from './shapes.ts'

const register = endpoint(
  {
    operation: registerFile,
    method: 'POST',
    path: URLS.files,
    tag: 'Files',
    summary: 'Register a completed upload as a File',
    description:
      'Checks that the upload is complete, that its size is the declared size, and that its content does not contradict ' +
      'the declared type. The call is idempotent: repeating it returns the same File. After a refusal, the upload remains ' +
      'until its session expires, so that the call can be corrected.',
    params: OrganizationParams,
    body: object(
      {
        filename: DeclaredFile.filename,
        gcs_path: { type: 'string', minLength: 1, description: 'The `gcs_path` of the upload session.' },
        file_size: DeclaredFile.file_size,
        mime_type: DeclaredFile.mime_type,
      },
      {
        crc32c: {
          type: 'string',
          pattern: '^[A-Za-z0-9+/]{6}==$',
          description: 'The expected CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64.',
        },
      },
    ),
    responses: { 201: { description: 'The File.', body: FileBody } },
    errors: [
      'UPLOAD_NOT_FOUND',
      'UPLOAD_INCOMPLETE',
      'FILE_ALREADY_REGISTERED',
      'UPLOAD_SESSION_EXPIRED',
      'FILE_SIZE_MISMATCH',
      'FILE_TYPE_MISMATCH',
      'CHECKSUM_MISMATCH',
      'STORAGE_UNAVAILABLE',
    ],
  },
  ({ context }) =>
    async (request, reply) => {
      const { filename, gcs_path, file_size, mime_type, crc32c } = request.body
      const file = await registerFile(context, callerOf(request), {
        filename,
        objectName: gcs_path,
        sizeBytes: file_size,
        contentType: mime_type,
        crc32c: crc32c ?? null,
      })
      return reply.code(201).send(toFileBody(file))
    },
)

const list = endpoint(
  {
    operation: listFiles,
    method: 'GET',
    path: URLS.files,
    tag: 'Files',
    summary: 'List Files, newest first',
    description:
      'Pass `next_cursor` as `after` to get the next page. The cost does not grow with depth. Numbered pages end at entry ' +
      '10,000; a deeper page is refused with 422 `VALIDATION_ERROR`.',
    params: OrganizationParams,
    query: ListQuery,
    responses: {
      200: {
        description: 'A page of Files.',
        body: object({ files: { type: 'array', items: FileBody }, ...PageFields }),
      },
    },
    errors: ['VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const { query } = request
      const page = await listFiles(context, callerOf(request), toListInput(query))
      const files = page.items.map(toFileBody)
      return { files, ...pageFields(query, page, files.at(-1)?.id) }
    },
)

const get = endpoint(
  {
    operation: getFile,
    method: 'GET',
    path: URLS.file,
    tag: 'Files',
    summary: 'Get a File',
    params: FileParams,
    responses: { 200: { description: 'The File.', body: FileBody } },
    errors: ['FILE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) =>
      toFileBody(await getFile(context, callerOf(request), fileIdOf(request.params.file_id))),
)

const remove = endpoint(
  {
    operation: deleteFile,
    method: 'DELETE',
    path: URLS.file,
    tag: 'Files',
    summary: 'Delete a File and its bytes',
    params: FileParams,
    responses: { 204: { description: 'The File is deleted.' } },
    errors: ['FILE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request, reply) => {
      await deleteFile(context, callerOf(request), fileIdOf(request.params.file_id))
      return reply.code(204).send()
    },
)

const getContent = endpoint(
  {
    operation: getFileContent,
    method: 'GET',
    path: URLS.content,
    tag: 'Files',
    summary: 'Get a download URL, valid for one hour',
    description:
      'The URL needs no key, so that a browser can open it. Revoking the links of the key that requested the URL also ' +
      'revokes the URL. A URL of a storage provider cannot be revoked; it expires by itself.',
    params: FileParams,
    responses: {
      200: {
        description: 'The download URL.',
        body: object({
          file_id: { type: 'string' },
          filename: { type: 'string' },
          mime_type: { type: 'string' },
          file_size: { type: 'integer', description: 'The size in bytes.' },
          download_url: {
            type: 'string',
            description:
              'The URL of the bytes, valid for one hour. It is a credential: every client that has it can download.',
          },
        }),
      },
    },
    errors: ['FILE_NOT_FOUND', 'STORAGE_UNAVAILABLE'],
  },
  ({ context, publicUrl }) =>
    async (request) => {
      const file_id = fileIdOf(request.params.file_id)
      const { file, source } = await getFileContent(context, callerOf(request), file_id)
      return {
        file_id,
        filename: file.filename,
        mime_type: file.contentType,
        file_size: file.sizeBytes,
        download_url: source.kind === 'here' ? downloadUrl(publicUrl(), source) : source.url,
      }
    },
)

export const FILES = [register, list, get, remove, getContent]
