import { contentDispositionOf } from '../../domain/files/content-disposition.ts'
import type { File } from '../../domain/files/file.ts'
import type { Validators } from './preconditions.ts'

/** Returns the validators of a file. The entity tag is strong, because the bytes of a generation never change. */
export function validatorsOf({ generation, uploadedAtMs }: File): Validators {
  return { etag: `"${generation}"`, lastModifiedMs: uploadedAtMs }
}

/** Returns headers with which a browser can safely display uploaded bytes: no scripts run, and no type is guessed. */
export function contentHeaders(file: File): Record<string, string> {
  const { etag, lastModifiedMs } = validatorsOf(file)
  return {
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=3600',
    'content-disposition': contentDispositionOf(file),
    'content-security-policy': "sandbox; default-src 'none'",
    'content-type': file.contentType,
    etag,
    'last-modified': new Date(lastModifiedMs).toUTCString(),
    // The URL may be a credential, which a link in the shown bytes must not pass on.
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
}
