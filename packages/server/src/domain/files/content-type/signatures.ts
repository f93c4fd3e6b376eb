import { readBeginning } from './active-content.ts'
import { canonicalContentType } from './aliases.ts'
import { EXECUTABLES, HTML, isTextSignature, PDF, SVG, XML, ZIP, type ZipPackage } from './formats.ts'
import type { ContentEvidence } from './judge-content.ts'
import { isTextSample } from './sample-text.ts'

interface Signature {
  readonly type: string
  readonly offset: number
  /** Alternative byte strings. */
  readonly bytes: readonly string[]
  /** Additional bytes that must be present at another offset. */
  readonly and?: { readonly offset: number; readonly bytes: readonly string[] }
}

const WAVE = { offset: 8, bytes: ['WAVE'] }

/** Signatures that the library lacks, or that take precedence over its own. */
const SIGNATURES: readonly Signature[] = [
  // An archive begins with a file name, which can look like any signature.
  { type: 'application/x-tar', offset: 257, bytes: ['ustar\0', 'ustar '] },
  { type: 'audio/wav', offset: 0, bytes: ['RF64', 'BW64', 'RIFX'], and: WAVE },
  { type: 'audio/wav', offset: 0, bytes: ['riff\x2e\x91\xcf\x11'] },
  { type: 'audio/midi', offset: 0, bytes: ['RIFF'], and: { offset: 8, bytes: ['RMID'] } },
  { type: 'audio/aiff', offset: 0, bytes: ['FORM'], and: { offset: 8, bytes: ['AIFF', 'AIFC'] } },
  { type: 'application/x-iff', offset: 0, bytes: ['FORM'] },
  { type: 'video/mp4', offset: 4, bytes: ['styp', 'moof', 'sidx', 'emsg', 'prft'] },
  { type: 'video/quicktime', offset: 4, bytes: ['skip', 'pnot'] },
  { type: 'font/ttf', offset: 0, bytes: ['true\0', 'typ1\0'] },
  { type: 'font/woff', offset: 0, bytes: ['wOFF'] },
  { type: 'font/woff2', offset: 0, bytes: ['wOF2'] },
  { type: 'application/x-shockwave-flash', offset: 0, bytes: ['ZWS'] },
  { type: 'application/x-cpio', offset: 0, bytes: ['070701', '070702'] },
  {
    type: 'application/vnd.tcpdump.pcap',
    offset: 0,
    bytes: ['\x4d\x3c\xb2\xa1', '\xa1\xb2\x3c\x4d', '\n\r\r\n'],
  },
  { type: 'application/x-lz4', offset: 0, bytes: ['\x02\x21\x4c\x18'] },
  {
    type: 'application/zstd',
    offset: 0,
    bytes: Array.from({ length: 16 }, (_, index) => `${String.fromCharCode(0x50 + index)}\x2a\x4d\x18`),
  },
]

const PROGRAM_MARKS = [
  ...['\x7fELF', '\xfe\xed\xfa\xce', '\xfe\xed\xfa\xcf', '\xce\xfa\xed\xfe', '\xcf\xfa\xed\xfe'],
  ...['\xca\xfe\xba\xbe', '\0asm'],
]

/** Range in which PDF readers look for the signature. */
const PDF_SEARCH_BYTES = 1024
const UTF8_MARK = '\xef\xbb\xbf'

/** Returns the type of a signature that the library does not know; null when there is none. */
export function ownSignature(head: Buffer): string | null {
  // Compares the first byte, which nearly always differs, before it creates a string, which costs more.
  const isAt = (offset: number, bytes: readonly string[]) =>
    bytes.some(
      (text) =>
        head[offset] === text.charCodeAt(0) && head.toString('latin1', offset, offset + text.length) === text,
    )
  const found = SIGNATURES.find(
    ({ offset, bytes, and }) => isAt(offset, bytes) && (!and || isAt(and.offset, and.bytes)),
  )
  return found?.type ?? null
}

/**
 * Returns the evidence of the type in the beginning of a file. `reported` is the type of the signature that the library
 * found; null when it found none.
 */
export function weighEvidence(
  head: Buffer,
  reported: string | null,
  zipPackage: ZipPackage | null,
): ContentEvidence {
  const isText = isTextSample(head)
  const { active, isXml } = readBeginning(head)
  const signature = signatureAtStart(head, reported)
  const shown = trustedSignature(head, signature, isText)
  const markup = shown === null || shown === XML ? markupType(active, isXml) : null
  const detected = markup ?? shown ?? pdfAfterOtherBytes(head, isText)
  const isProgram = isExecutable(head) || (shown !== null && EXECUTABLES.has(shown))
  return { signature, detected, isText, active: isProgram ? 'executable' : active, zipPackage }
}

/** Returns true when an operating system would run the file, whatever other signatures it has. */
function isExecutable(head: Buffer): boolean {
  if (PROGRAM_MARKS.includes(head.toString('latin1', 0, 4))) return true
  if (head.toString('latin1', 0, 2) !== 'MZ' || head.length < 64) return false
  const header = head.readUInt32LE(60)
  return ['PE', 'NE', 'LE', 'LX'].includes(head.toString('latin1', header, header + 2))
}

/** Returns the signature when it is at the start: the library skips a byte order mark, which only texts have. */
function signatureAtStart(head: Buffer, reported: string | null): string | null {
  const signature = reported && canonicalContentType(reported)
  if (signature === null || isTextSignature(signature)) return signature
  return head.toString('latin1', 0, UTF8_MARK.length) === UTF8_MARK ? null : signature
}

/** Returns the signature unless it may be accidental: the first letters of a text, or a weak one of two bytes. */
function trustedSignature(head: Buffer, signature: string | null, isText: boolean): string | null {
  // The library reports any zlib stream as a disk image.
  if (signature === null || signature === 'application/x-apple-diskimage') return null
  if (signature === PDF) return isPdf(head, 0, isText) ? signature : null
  return isText && !isTextSignature(signature) ? null : signature
}

function markupType(active: ContentEvidence['active'], isXml: boolean): string | null {
  if (active === 'html') return HTML
  if (active === 'svg') return SVG
  return isXml ? XML : null
}

function pdfAfterOtherBytes(head: Buffer, isText: boolean): string | null {
  const offset = head.subarray(0, PDF_SEARCH_BYTES).indexOf('%PDF-')
  return offset > 0 && isPdf(head, offset, isText) ? PDF : null
}

/** Returns true for a PDF. In a text the signature must be on a line of its own, or objects must follow. */
function isPdf(head: Buffer, offset: number, isText: boolean): boolean {
  const text = head.toString('latin1', offset, isText ? undefined : offset + 6)
  return /^%PDF-\d/.test(text) && (!isText || /^%PDF-\d\.\d\s*[\r\n]/.test(text) || /\d obj\b/.test(text))
}

const PACKAGE_PARTS: readonly (readonly [part: string, zipPackage: ZipPackage])[] = [
  ['[Content_Types].xml', 'open-xml'],
  ['META-INF/container.xml', 'epub'],
  ['META-INF/manifest.xml', 'open-document'],
]

/** Returns the package kind by the entry names in parts of a ZIP archive; null when unknown. */
export function zipPackageOf(signature: string | null, parts: readonly Buffer[]): ZipPackage | null {
  if (signature !== ZIP) return null
  const found = PACKAGE_PARTS.find(([name]) => parts.some((part) => part.includes(name)))
  return found?.[1] ?? null
}
