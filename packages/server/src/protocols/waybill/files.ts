import { fileIdOf } from '../../domain/ids.ts'
import { parseMetadata } from '../../domain/vector-stores/parse-attributes.ts'
import { deleteOrPurgeFile } from '../../operations/files/delete-file.ts'
import { getFile } from '../../operations/files/get-file.ts'
import { getFileContent } from '../../operations/files/get-file-content.ts'
import { listFiles } from '../../operations/files/list-files.ts'
import { registerFile } from '../../operations/files/register-file.ts'
import { restoreFile } from '../../operations/files/restore-file.ts'
import { searchFiles } from '../../operations/files/search-files.ts'
import { trashFile } from '../../operations/files/trash-file.ts'
import { updateFile } from '../../operations/files/update-file.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { FileBody, FileMetadata, toFileBody } from '../http/file-body.ts'
import { nullable, object } from '../http/json-schema.ts'
import { downloadUrl, URLS } from '../urls.ts'
import { DeclaredFile, Folder } from './declared-file.ts'
import { cursorOf, FileListQuery, orderOf, toSearchInput } from './file-list.ts'
import { FileParams, OrganizationParams, PageFields, pageFields, toListInput } from './shapes.ts'

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
        gcs_path: { type: 'string', description: 'The `gcs_path` of the upload session.' },
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
      'FILE_REJECTED',
      'SCAN_PENDING',
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
    summary: 'List Files, newest first, search them, or list a folder',
    description:
      'Pass `next_cursor` as `after` to get the next page. The cost does not grow with depth. Numbered pages end at entry ' +
      '10,000, and with a filter or in order of names or sizes at entry 1,000; a deeper page is refused with 422 ' +
      '`VALIDATION_ERROR`. All filters must match. With a filter, or in order of names or sizes, `total` is null, and a ' +
      'page may have fewer entries than `limit`, or none, while `has_more` is true: each request reads a bounded number ' +
      'of Files. Pages behind such a page have no numbers.',
    params: OrganizationParams,
    query: FileListQuery,
    responses: {
      200: {
        description: 'A page of Files.',
        body: object(
          {
            files: { type: 'array', items: FileBody },
            ...PageFields,
            total: nullable(
              { type: 'integer' },
              'The number of Files on all pages; null with a filter, for the trash, and in order of names or sizes.',
            ),
          },
          {
            folders: {
              type: 'array',
              items: { type: 'string' },
              description: 'The paths of folders, with `delimiter`.',
              examples: [['reports/2025', 'reports/2026']],
            },
          },
        ),
      },
    },
    errors: ['VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const { query } = request
      const caller = callerOf(request)
      const search = toSearchInput(query)
      if (search === null) {
        const state: 'live' | 'trashed' = query.state ?? 'live'
        const input = { ...toListInput(query), order: orderOf(query), state }
        const page = await listFiles(context, caller, input)
        const files = page.items.map(toFileBody)
        const fields = pageFields(query, page, files.at(-1)?.id)
        return { files, ...fields, total: state === 'live' ? fields.total : null }
      }
      const { folders, files, next } = await searchFiles(context, caller, search)
      return {
        ...(search.isFolderListing && { folders: [...folders] }),
        files: files.map(toFileBody),
        total: null,
        page: query.page,
        limit: query.limit,
        has_more: next !== null,
        next_cursor: cursorOf(next, search.sort),
      }
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

const update = endpoint(
  {
    operation: updateFile,
    method: 'PATCH',
    path: URLS.file,
    tag: 'Files',
    summary: 'Rename or move a File, or replace its metadata',
    description:
      'Absent fields stay. `storage_path` keeps its name. Vector stores show the new name, and do not index the File again.',
    params: FileParams,
    body: object(
      {},
      {
        filename: DeclaredFile.filename,
        path: nullable(Folder, 'The folder; empty or null for the root.'),
        metadata: { ...FileMetadata, description: `Replaces all pairs. ${FileMetadata.description}` },
      },
    ),
    responses: { 200: { description: 'The changed File.', body: FileBody } },
    errors: ['FILE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const { filename, path, metadata } = request.body
      const file = await updateFile(context, callerOf(request), {
        fileId: fileIdOf(request.params.file_id),
        ...(filename !== undefined && { filename }),
        ...(path !== undefined && { path: path ?? '' }),
        ...(metadata !== undefined && { metadata: parseMetadata(metadata, 'metadata') }),
      })
      return toFileBody(file)
    },
)

const remove = endpoint(
  {
    operation: deleteOrPurgeFile,
    method: 'DELETE',
    path: URLS.file,
    tag: 'Files',
    summary: 'Delete a File and its bytes, or move it to the trash',
    description:
      'A File in the trash is like a deleted one for all other endpoints, except that it counts in the quota. It is in no ' +
      'vector store. The service deletes it after some days (7, unless the operator chose another number). Deleting it ' +
      'without `trash` deletes it at once; with `trash`, the request changes nothing, so that it can be repeated.',
    params: FileParams,
    query: object(
      {},
      {
        trash: {
          type: 'boolean',
          description: 'True moves the File to the trash. Without it, the File is deleted permanently.',
        },
      },
    ),
    responses: { 204: { description: 'The File is deleted, or in the trash.' } },
    errors: ['FILE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request, reply) => {
      const fileId = fileIdOf(request.params.file_id)
      if (request.query.trash === true) await trashFile(context, callerOf(request), fileId)
      else await deleteOrPurgeFile(context, callerOf(request), fileId)
      return reply.code(204).send()
    },
)

const restore = endpoint(
  {
    operation: restoreFile,
    method: 'POST',
    path: URLS.restoreFile,
    tag: 'Files',
    summary: 'Move a File out of the trash',
    description:
      'The File does not return to its vector stores. A File that is not in the trash does not change.',
    params: FileParams,
    responses: { 200: { description: 'The File.', body: FileBody } },
    errors: ['FILE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const { file } = await restoreFile(context, callerOf(request), fileIdOf(request.params.file_id))
      return toFileBody(file)
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

export const FILES = [register, list, get, update, remove, restore, getContent]
