import { create } from 'content-disposition'
import { canonicalContentType } from './content-type/aliases.ts'
import type { File } from './file.ts'

/** `Content-Disposition` (RFC 6266): a browser shows what cannot run, and saves everything else as a file. */
export function contentDispositionOf({ filename, contentType }: File): string {
  return create(filename, { type: isShownInline(contentType) ? 'inline' : 'attachment' })
}

function isShownInline(contentType: string): boolean {
  const type = canonicalContentType(contentType) ?? ''
  // Whatever is XML may hold scripts, as SVG does.
  if (type.endsWith('+xml')) return false
  return /^(image|audio|video)\//.test(type) || type === 'application/pdf' || type === 'text/plain'
}
