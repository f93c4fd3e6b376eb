import { ServiceError } from '../../domain/errors.ts'

/** Values by key, as bytes: a client may send any. */
export type UploadMetadata = ReadonlyMap<string, Buffer>

/** Name, type and folder of the file as far as the metadata has them. */
export interface FileFacts {
  readonly filename: string | null
  readonly contentType: string | null
  /** Folder; empty for the root. */
  readonly path: string
}

/** Limit of the header. Responses to HEAD repeat it. */
const MAX_BYTES = 8 * 1024
/** Keys of the file name and of its type in the usual clients, by precedence. */
const NAME_KEYS = ['filename', 'name']
const TYPE_KEYS = ['filetype', 'type', 'contentType']
/** Key under which Uppy sends the path of a file in an uploaded folder, with its name. */
const PATH_KEYS = ['relativePath']

/** A key of visible ASCII characters without a comma, and its value in base64, which may be missing. */
const PAIR = /^([\x21-\x2b\x2d-\x7e]+)(?: ([A-Za-z0-9+/]*={0,2}))?$/

/**
 * Parses `Upload-Metadata`, such as `filename bm90ZS50eHQ=,is_confidential` (tus 1.0, "Upload-Metadata"). A header without
 * a character is as none; otherwise no key may be empty. Throws INVALID_REQUEST.
 */
export function parseUploadMetadata(header: string): UploadMetadata {
  if (header.length > MAX_BYTES) throw invalid(`may have at most ${MAX_BYTES} bytes`)
  const metadata = new Map<string, Buffer>()
  if (header.trim() === '') return metadata
  const pairs = header.split(',').map((element) => element.replace(/^[ \t]+/, ''))
  for (const pair of pairs) {
    const [, key, text = ''] = PAIR.exec(pair) ?? []
    const value = Buffer.from(text, 'base64')
    if (key === undefined || value.toString('base64') !== text) {
      throw invalid('must be a list of keys, each with a space and a value in base64')
    }
    if (metadata.has(key)) throw invalid(`has the key ${key} twice`)
    metadata.set(key, value)
  }
  return metadata
}

/**
 * Returns the name, the type and the folder that the metadata declares. The text `null` is a missing value: some clients send it for
 * one. Throws INVALID_REQUEST when a value is not UTF-8.
 */
export function fileFactsOf(metadata: UploadMetadata): FileFacts {
  return {
    filename: firstText(metadata, NAME_KEYS),
    contentType: firstText(metadata, TYPE_KEYS),
    path: folderOf(firstText(metadata, PATH_KEYS) ?? ''),
  }
}

/** Returns the folder of a relative path: `/a/b` of `/a/b/name`. */
function folderOf(relativePath: string): string {
  return relativePath.split('/').slice(0, -1).join('/').replace(/^\//, '')
}

function firstText(metadata: UploadMetadata, keys: readonly string[]): string | null {
  for (const key of keys) {
    const text = decode(key, metadata.get(key) ?? Buffer.alloc(0))
    if (text !== '' && text !== 'null') return text
  }
  return null
}

function decode(key: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw invalid(`must have UTF-8 in the value of ${key}`)
  }
}

function invalid(rule: string): ServiceError {
  return new ServiceError('INVALID_REQUEST', `Upload-Metadata ${rule}`)
}
