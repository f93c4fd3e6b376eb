import mime from 'mime'
import { canonicalContentType } from './aliases.ts'
import { HTML, isTextType, signatureOf, XML, ZIP } from './formats.ts'
import { type ContentEvidence, judgeContent } from './judge-content.ts'
import { PLAIN_TEXT, UNKNOWN_CONTENT } from './media-type.ts'

/** Signatures that are weaker than a plausible extension: Markdown may begin with HTML, for example. */
const VAGUE_SIGNATURES: ReadonlySet<string> = new Set(['application/x-cfb', HTML, XML, ZIP])

/**
 * Returns the type of a file without a declared type: the type of its signature, else the type of its extension when
 * the bytes do not contradict it, else `text/plain` for text and `application/octet-stream` for binary data.
 */
export function detectContentType(filename: string, evidence: ContentEvidence): string {
  const { detected, isText } = evidence
  const named = typeOfExtension(filename, evidence)
  if (detected !== null && (named === null || !VAGUE_SIGNATURES.has(detected))) return detected
  return named ?? (isText ? PLAIN_TEXT : UNKNOWN_CONTENT)
}

function typeOfExtension(filename: string, evidence: ContentEvidence): string | null {
  const named = filename.includes('.') ? mime.getType(filename) : null
  if (named === null || judgeContent(named, evidence) === 'contradicted') return null
  const type = canonicalContentType(named) ?? named
  if (isTextType(type)) return evidence.isText ? named : null
  // Extensions can be ambiguous: TypeScript and MPEG streams share one, private keys and Keynote too.
  const mayName = !evidence.isText || (type.startsWith('application/') && signatureOf(type) === 'unknown')
  return mayName ? named : null
}
