import { create } from 'content-disposition'
import { canonicalContentType } from './content-type/aliases.ts'
import type { File } from './file.ts'

/** Returns the `Content-Disposition` (RFC 6266): `inline` for types that cannot run scripts, else `attachment`. */
export function contentDispositionOf({ filename, contentType }: File): string {
  return create(filename, { type: isShownInline(contentType) ? 'inline' : 'attachment' })
}

function isShownInline(contentType: string): boolean {
  const type = canonicalContentType(contentType) ?? ''
  // Any XML may contain scripts, as SVG does, also under types that only resemble SVG's.
  if (type.endsWith('+xml') || type.includes('svg')) return false
  return /^(image|audio|video)\//.test(type) || type === 'application/pdf' || type === 'text/plain'
}
