import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import type { FileMetadata } from '../../domain/files/file.ts'
import {
  type ChecksumAlgorithm,
  isBase64Of,
  mergeAlgorithms,
  parseAlgorithms,
} from '../../domain/uploads/checksums.ts'
import { parseMetadata } from '../../domain/vector-stores/parse-attributes.ts'
import type { IncomingFile, IncomingFiles } from '../../operations/files/upload-files.ts'
import {
  boundaryOf,
  createExpiryFields,
  parseJson,
  readField,
  readText,
  skipPart,
} from '../http/form-fields.ts'
import { limitWaiting } from '../http/limit-waiting.ts'
import { MAX_HEADER_BYTES, MAX_PARTS } from '../http/parse-parts.ts'
import { readDigest } from '../http/read-digest.ts'
import { readParts } from '../http/read-parts.ts'

import '../http/read-body.ts'

/** Time limit for everything except the bytes of files and of ignored parts; time spent on these does not count. */
const PARTS_MS = 15_000
/** Limits of fields that are longer than the others. */
const MAX_PATH_BYTES = 900
const MAX_METADATA_BYTES = 64 * 1024
const LIST_NAMES: ReadonlySet<string> = new Set(['files', 'files[]'])

/** Part that is no file and no known field. Its body must be read before the next part is available. */
interface IgnoredPart {
  readonly ignored: Readable
}

export interface MultipartFiles extends IncomingFiles {
  /** True when the parts were named `files`. Final after the last part. */
  isList(): boolean
}

/**
 * Returns the files of a multipart body: one part named `file`, or any number named `files` or `files[]`. Parts named `crc32c`
 * and `sha256` hold their checksums, one named `checksums` the algorithms to compute, those of `expires_after` their
 * lifetime, and `path` and `metadata` their folder and metadata; any other part is ignored. A part may have
 * `maxPartBytes`. Throws INVALID_REQUEST, FILE_TOO_LARGE for a body that no such parts can fill, and while it is read
 * VALIDATION_ERROR, FILE_TOO_LARGE, REQUEST_TIMEOUT and SERVICE_UNAVAILABLE.
 */
export function multipartFiles(request: FastifyRequest, maxPartBytes: number): MultipartFiles {
  const boundary = boundaryOf(request.headers['content-type'] ?? '')
  const bodyBytes = bodyBytesOf(request, maxPartBytes)
  const checksums: string[] = []
  const sha256s: string[] = []
  const names: string[] = []
  const expiry = createExpiryFields()
  let algorithms: readonly ChecksumAlgorithm[] = []
  let path = ''
  let metadata: FileMetadata = {}

  async function* files(): AsyncGenerator<IncomingFile> {
    try {
      const beginWait = () => request.server.bodies.hold(request, MAX_HEADER_BYTES)
      for await (const part of limitWaiting(readFiles(), PARTS_MS, beginWait)) {
        if ('ignored' in part) await skipPart(part.ignored, maxPartBytes)
        else yield part
      }
    } catch (error) {
      // The parser and its part streams throw their own errors.
      throw error instanceof ServiceError
        ? error
        : new ServiceError('INVALID_REQUEST', 'the multipart body cannot be read')
    }
  }

  async function* readFiles(): AsyncGenerator<IncomingFile | IgnoredPart> {
    for await (const { headers, disposition, body } of readParts(request.raw, boundary)) {
      const { name } = disposition
      if (name === 'file' || LIST_NAMES.has(name)) {
        names.push(name)
        checkNames(names)
        const declared = headers['content-type']?.[0] ?? ''
        const contentType = declared.trim() === '' ? null : declared
        yield { filename: disposition.filename ?? '', contentType, body }
      } else if (name === 'crc32c') checksums.push(await readChecksum(body))
      else if (name === 'sha256') sha256s.push(readDigest(await readField(body), name, 'sha256'))
      else if (name === 'checksums') algorithms = mergeAlgorithms(algorithms, await readAlgorithms(body))
      else if (name === 'path') path = await readPath(body)
      else if (name === 'metadata') metadata = await readMetadata(body)
      else if (expiry.has(name)) expiry.take(name, await readField(body))
      else yield { ignored: body }
    }
  }

  return {
    files: files(),
    bodyBytes,
    checksums: () => checksums,
    sha256s: () => sha256s,
    algorithms: () => mergeAlgorithms(algorithms, sha256s.length > 0 ? ['sha256'] : []),
    properties: () => ({ purpose: null, lifetimeMs: expiry.lifetimeMs(), path, metadata }),
    rules: { maxFileBytes: maxPartBytes, typesAreHints: false, allowsEmptyFiles: true },
    isList: () => names[0] !== 'file',
  }
}

/** Returns the announced length, or null. Throws FILE_TOO_LARGE where all parts together cannot have it. */
function bodyBytesOf({ headers }: FastifyRequest, maxPartBytes: number): number | null {
  const length = headers['content-length']
  if (length === undefined) return null
  // The room for a head holds its boundary too.
  if (Number(length) <= MAX_PARTS * (maxPartBytes + 2 * MAX_HEADER_BYTES)) return Number(length)
  throw new ServiceError('FILE_TOO_LARGE', `each of ${MAX_PARTS} parts may have ${maxPartBytes} bytes`)
}

async function readChecksum(body: Readable): Promise<string> {
  const value = await readField(body)
  if (value !== null && isBase64Of(4, value)) return value
  throw invalid('crc32c', 'crc32c must be base64 of 4 bytes')
}

async function readAlgorithms(body: Readable): Promise<ChecksumAlgorithm[]> {
  const value = await readField(body)
  const algorithms = value === null ? null : parseAlgorithms(value)
  if (algorithms !== null) return algorithms
  throw invalid('checksums', 'checksums must be md5 or sha256, or both separated by a comma')
}

/** Reads the folder of all files. White space at its ends belongs to it. */
async function readPath(body: Readable): Promise<string> {
  const value = await readText(body, MAX_PATH_BYTES)
  if (value !== null) return value
  throw invalid('path', `path must have at most ${MAX_PATH_BYTES} bytes`)
}

async function readMetadata(body: Readable): Promise<FileMetadata> {
  const value = await readText(body, MAX_METADATA_BYTES)
  if (value !== null) return parseMetadata(parseJson(value), 'metadata')
  throw invalid('metadata', `metadata must have at most ${MAX_METADATA_BYTES} bytes`)
}

/** One `file`, or one or more `files`, and not both. */
function checkNames(names: readonly string[]): void {
  const isOne = names.length === 1 && names[0] === 'file'
  if (isOne || names.every((name) => LIST_NAMES.has(name))) return
  throw invalid(names.at(-1) ?? 'file', 'send one part named file, or parts named files')
}

function invalid(field: string, rule: string): ServiceError {
  return new ServiceError('VALIDATION_ERROR', rule, { field, value: null })
}
