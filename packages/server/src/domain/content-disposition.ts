import { create } from 'content-disposition'
import { canonicalContentType } from './content-type/aliases.ts'
import type { File } from './file.ts'

/** Returns the `Content-Disposition` (RFC 6266) with which a browser shows what cannot run and saves the rest. */
export function contentDispositionOf({ filename, contentType }: File): string {
  return create(filename, { type: isShownInline(contentType) ? 'inline' : 'attachment' })
}

function isShownInline(contentType: string): boolean {
  const type = canonicalContentType(contentType) ?? ''
  // Whatever is XML may hold scripts, as SVG does, also under names that only look like its own.
  if (type.endsWith('+xml') || type.includes('svg')) return false
  return /^(image|audio|video)\//.test(type) || type === 'application/pdf' || type === 'text/plain'
}
