import type { Multipart } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import type { IncomingFile, IncomingFiles } from '../../operations/upload-files.ts'
import { isBase64Of } from './goog-hash.ts'

/** A file's size is limited where it is stored. */
const LIMITS = { fileSize: Number.POSITIVE_INFINITY, parts: 100, fieldSize: 64 }
const DEFAULT_TYPE = 'application/octet-stream'

export interface MultipartFiles extends IncomingFiles {
  /** Whether the parts were named `files`, known once all have come. */
  isList(): boolean
}

/**
 * The files of a multipart body: one part named `file`, or any number named `files`, and parts named `crc32c`
 * with their checksums. Throws UNSUPPORTED_MEDIA_TYPE, and while it is read VALIDATION_ERROR.
 */
export function multipartFiles(request: FastifyRequest): MultipartFiles {
  if (!request.isMultipart()) {
    throw new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'send the files as multipart/form-data')
  }
  const checksums: string[] = []
  const names: string[] = []

  async function* files(): AsyncGenerator<IncomingFile> {
    try {
      for await (const part of request.parts({ limits: LIMITS, preservePath: true })) {
        if (part.type === 'field') {
          checksums.push(readChecksum(part))
          continue
        }
        names.push(part.fieldname)
        checkNames(names)
        yield { filename: part.filename ?? '', contentType: part.mimetype || DEFAULT_TYPE, body: part.file }
      }
    } catch (error) {
      throw isExplained(error)
        ? error
        : new ServiceError('INVALID_REQUEST', 'the multipart body cannot be read')
    } finally {
      // After a refusal nobody reads the parts any more, and the rest of the body must not wait for them.
      request.raw.unpipe()
    }
  }

  const length = request.headers['content-length']
  const bodyBytes = length === undefined ? null : Number(length)
  return { files: files(), bodyBytes, checksums: () => checksums, isList: () => names[0] === 'files' }
}

/** Whether the error is the service's, or one that the plugin names; what its parser throws has no name. */
function isExplained(error: unknown): boolean {
  return error instanceof ServiceError || (error instanceof Error && 'code' in error)
}

function readChecksum({ fieldname, value }: Extract<Multipart, { type: 'field' }>): string {
  if (fieldname === 'crc32c' && typeof value === 'string' && isBase64Of(4, value)) return value
  const rule = fieldname === 'crc32c' ? 'must be base64 of 4 bytes' : 'is no part that is known here'
  const field = fieldname.slice(0, 100)
  throw new ServiceError('VALIDATION_ERROR', `${field} ${rule}`, { field, value: null })
}

/** One `file`, or one or more `files`, and not both. */
function checkNames(names: readonly string[]): void {
  const isOne = names.length === 1 && names[0] === 'file'
  if (isOne || names.every((name) => name === 'files')) return
  const details = { field: names.at(-1)?.slice(0, 100) ?? 'file', value: null }
  throw new ServiceError('VALIDATION_ERROR', 'send one part named file, or parts named files', details)
}
