import { ServiceError } from '../../domain/errors.ts'
import { parseFileExpiry } from '../../domain/files/file-expiry.ts'
import { type JsonObject, readId, readInteger, readList, readText } from '../../domain/read-values.ts'
import { NO_HASHES } from '../../domain/uploads/upload-session.ts'
import { addUploadPart } from '../../operations/uploads/add-upload-part.ts'
import { cancelPartUpload } from '../../operations/uploads/cancel-part-upload.ts'
import { completePartUpload } from '../../operations/uploads/complete-part-upload.ts'
import { createPartUpload, type PartUploadInput } from '../../operations/uploads/create-part-upload.ts'
import { getPartUpload } from '../../operations/uploads/get-part-upload.ts'
import { listUploadParts } from '../../operations/uploads/list-upload-parts.ts'
import { MAX_UPLOAD_PARTS } from '../../operations/uploads/part-upload.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { object } from '../http/json-schema.ts'
import { readDigest } from '../http/read-digest.ts'
import { OPENAI_URLS } from '../urls.ts'
import { PURPOSES, readPurpose } from './file-object.ts'
import { storeFormPart } from './form-part.ts'
import { listOf, toListBody } from './list-body.ts'
import { bodyOf, optional } from './read-body.ts'
import {
  CreatedUploadObject,
  fileIdOfUpload,
  StoredPartObject,
  toStoredPartObject,
  toUploadObject,
  toUploadPartObject,
  UploadObject,
  UploadParams,
  UploadPartObject,
} from './upload-objects.ts'

const MAX_FILENAME_LENGTH = 255
const MAX_TYPE_LENGTH = 255
/** A list of `MAX_UPLOAD_PARTS` ids. */
const MAX_COMPLETE_BYTES = 1024 * 1024

const create = endpoint(
  {
    operation: createPartUpload,
    method: 'POST',
    path: OPENAI_URLS.uploads,
    tag: 'Uploads',
    summary: 'Create an upload of parts',
    description: 'The bytes are reserved in the quota of the organization until the upload ends.',
    body: {
      type: 'object',
      required: ['filename', 'purpose', 'bytes', 'mime_type'],
      properties: {
        filename: { type: 'string', minLength: 1, maxLength: MAX_FILENAME_LENGTH, examples: ['report.pdf'] },
        purpose: { type: 'string', enum: PURPOSES },
        bytes: { type: 'integer', minimum: 1, examples: [134_217_728] },
        mime_type: {
          type: 'string',
          description: 'A hint: the service detects the type when the bytes contradict it.',
          examples: ['application/pdf'],
        },
        expires_after: object({
          anchor: { type: 'string', enum: ['created_at'] },
          seconds: { type: 'integer', minimum: 3600, maximum: 2_592_000, examples: [86_400] },
        }),
        sha256: {
          type: 'string',
          description:
            'The SHA-256 of all bytes, as 64 hexadecimal digits or in base64. If the organization has stored these bytes ' +
            "already, the upload is completed at once, and its File shares them. OpenAI's API does not have this field.",
          examples: ['2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'],
        },
      },
    },
    responses: {
      200: {
        description: 'The pending upload, or the completed one of bytes that are stored already.',
        body: CreatedUploadObject,
      },
    },
    errors: ['VALIDATION_ERROR', 'FILE_TOO_LARGE', 'STORAGE_QUOTA_EXCEEDED', 'TOO_MANY_OPEN_UPLOADS'],
  },
  ({ context }) =>
    async (request) => {
      const input = readProperties(bodyOf(request))
      const created = await createPartUpload(context, callerOf(request), input)
      return { ...toUploadObject(created), ...(created.status === 'completed' && { already_stored: true }) }
    },
)

function readProperties(body: JsonObject): PartUploadInput {
  const { filename, purpose, bytes, mime_type, expires_after, sha256 } = body
  const seconds = optional(expires_after, 'expires_after', parseFileExpiry)
  return {
    filename: readText(filename, 'filename', MAX_FILENAME_LENGTH, 1),
    purpose: readPurpose(purpose),
    sizeBytes: readInteger(bytes, 'bytes', 1, Number.MAX_SAFE_INTEGER),
    contentType: readText(mime_type, 'mime_type', MAX_TYPE_LENGTH, 1),
    fileLifetimeMs: seconds === null ? null : seconds * 1000,
    announced: {
      ...NO_HASHES,
      sha256: optional(sha256, 'sha256', (value, path) => readDigest(value, path, 'sha256')),
    },
  }
}

const addPart = endpoint(
  {
    operation: addUploadPart,
    method: 'POST',
    path: OPENAI_URLS.uploadParts,
    tag: 'Uploads',
    summary: 'Add a part to an upload',
    description:
      'Parts may be sent at the same time and in any order. The part is on disk when the response is sent. An interrupted ' +
      'request leaves nothing.',
    params: UploadParams,
    streamedBody: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: {
            type: 'object',
            required: ['data'],
            properties: {
              data: {
                type: 'string',
                contentMediaType: 'application/octet-stream',
                description: 'The bytes, at most 64 MiB.',
              },
            },
          },
          example: { data: '…' },
        },
      },
    },
    responses: { 200: { description: 'The part.', body: UploadPartObject } },
    errors: [
      'VALIDATION_ERROR',
      'FILE_TOO_LARGE',
      'UPLOAD_NOT_FOUND',
      'UPLOAD_SESSION_EXPIRED',
      'UNSUPPORTED_MEDIA_TYPE',
    ],
  },
  ({ context }) =>
    async (request) => {
      const isForm = /^multipart\/form-data\s*(;|$)/i.test(request.headers['content-type'] ?? '')
      if (!isForm) throw new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'send the part as multipart/form-data')
      const fileId = fileIdOfUpload(request.params.upload_id)
      const caller = callerOf(request)
      const part = await storeFormPart(request, (body) => addUploadPart(context, caller, { fileId, body }))
      return toUploadPartObject(part, fileId)
    },
)

const complete = endpoint(
  {
    operation: completePartUpload,
    method: 'POST',
    path: OPENAI_URLS.completeUpload,
    tag: 'Uploads',
    summary: 'Make the File from parts',
    description:
      'The order of `part_ids` is the order of the bytes. Parts that are not in the list are deleted. The same request again ' +
      'gets the same response.',
    params: UploadParams,
    maxBodyBytes: MAX_COMPLETE_BYTES,
    body: {
      type: 'object',
      required: ['part_ids'],
      properties: {
        part_ids: {
          type: 'array',
          minItems: 1,
          maxItems: MAX_UPLOAD_PARTS,
          items: { type: 'string', examples: ['part_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
        },
        md5: {
          type: 'string',
          description: 'The MD5 of all bytes, as 32 hexadecimal digits or in base64.',
          examples: ['5d41402abc4b2a76b9719d911017c592'],
        },
      },
    },
    responses: { 200: { description: 'The completed upload with its File.', body: UploadObject } },
    errors: [
      'VALIDATION_ERROR',
      'FILE_SIZE_MISMATCH',
      'CHECKSUM_MISMATCH',
      'UNSUPPORTED_FILE_TYPE',
      'UPLOAD_NOT_FOUND',
      'UPLOAD_SESSION_EXPIRED',
      'STORAGE_QUOTA_EXCEEDED',
    ],
  },
  ({ context }) =>
    async (request) => {
      const { part_ids, md5 } = bodyOf(request)
      const completed = await completePartUpload(context, callerOf(request), {
        fileId: fileIdOfUpload(request.params.upload_id),
        partIds: readList(part_ids, 'part_ids', MAX_UPLOAD_PARTS, 1).map((id, index) =>
          readId(id, `part_ids[${index}]`),
        ),
        md5: optional(md5, 'md5', (value, path) => readDigest(value, path, 'md5')),
      })
      return toUploadObject(completed)
    },
)

const cancel = endpoint(
  {
    operation: cancelPartUpload,
    method: 'POST',
    path: OPENAI_URLS.cancelUpload,
    tag: 'Uploads',
    summary: 'Cancel an upload and delete its parts',
    params: UploadParams,
    responses: { 200: { description: 'The cancelled upload.', body: UploadObject } },
    errors: ['UPLOAD_NOT_FOUND', 'UPLOAD_SESSION_EXPIRED'],
    isAllowedOnFullDisk: true,
  },
  ({ context }) =>
    async (request) => {
      const fileId = fileIdOfUpload(request.params.upload_id)
      return toUploadObject(await cancelPartUpload(context, callerOf(request), fileId))
    },
)

const get = endpoint(
  {
    operation: getPartUpload,
    method: 'GET',
    path: OPENAI_URLS.upload,
    tag: 'Uploads',
    summary: 'Get an upload',
    description: "OpenAI's API does not have this operation.",
    params: UploadParams,
    responses: { 200: { description: 'The upload.', body: UploadObject } },
    errors: ['UPLOAD_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const fileId = fileIdOfUpload(request.params.upload_id)
      return toUploadObject(await getPartUpload(context, callerOf(request), fileId))
    },
)

const listParts = endpoint(
  {
    operation: listUploadParts,
    method: 'GET',
    path: OPENAI_URLS.uploadParts,
    tag: 'Uploads',
    summary: 'List the parts of a pending upload',
    description:
      "In the order in which they were stored, all of them at once. OpenAI's API does not have this operation. A client that " +
      'lost the ids of its parts can continue with it.',
    params: UploadParams,
    responses: { 200: { description: 'The parts.', body: listOf(StoredPartObject) } },
    errors: ['UPLOAD_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const fileId = fileIdOfUpload(request.params.upload_id)
      const parts = await listUploadParts(context, callerOf(request), fileId)
      return toListBody(
        parts.map((part) => toStoredPartObject(part, fileId)),
        false,
      )
    },
)

/** Endpoints of uploads with JSON bodies or none. */
export const OPENAI_UPLOADS = [create, complete, cancel, get, listParts]

/** The endpoint that receives a part as `multipart/form-data`. */
export const OPENAI_UPLOAD_PARTS = [addPart]
