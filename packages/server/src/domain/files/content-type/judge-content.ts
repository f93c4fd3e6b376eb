import { canonicalContentType } from './aliases.ts'
import {
  canHoldText,
  isRelated,
  isTextType,
  mayBeText,
  PDF,
  SVG,
  signatureOf,
  type ZipPackage,
} from './formats.ts'
import { PLAIN_TEXT, UNKNOWN_CONTENT } from './media-type.ts'

/** Content that a browser, a shell or an operating system runs, detected by its beginning. */
export type ActiveContent = 'html' | 'svg' | 'script' | 'executable'

/** Evidence of the type in the bytes. */
export interface ContentEvidence {
  /** Canonical type of the signature at the beginning, possibly accidental in a text; null when there is none. */
  readonly signature: string | null
  /** Canonical type that was reliably detected, also elsewhere than at the beginning; null when there is none. */
  readonly detected: string | null
  /** True when the sample is text in UTF-8, UTF-16 or an 8-bit encoding. */
  readonly isText: boolean
  readonly active: ActiveContent | null
  /** Package kind of a ZIP archive; null when unknown. */
  readonly zipPackage: ZipPackage | null
}

export type Verdict = 'confirmed' | 'plausible' | 'contradicted'

/**
 * Compares bytes with their declared type. *Confirmed*: the signature matches the type. *Contradicted*: a mandatory
 * signature is missing, the bytes are of an unrelated format, or they are active content under a type that browsers
 * display or play. Everything else is *plausible*; see docs/decisions/016-declared-types.md.
 */
export function judgeContent(declared: string, evidence: ContentEvidence): Verdict {
  const type = canonicalContentType(declared) ?? UNKNOWN_CONTENT
  const { detected, isText } = evidence
  if (type === UNKNOWN_CONTENT) return 'plausible'
  if (isDisguised(type, evidence)) return 'contradicted'
  if (type === detected || type === evidence.signature) return 'confirmed'
  if (isTextType(type)) {
    return isText || detected === null || canHoldText(detected) ? 'plausible' : 'contradicted'
  }
  const signature = signatureOf(type)
  if (signature === 'unknown') return 'plausible'
  if (detected !== null && isRelated(type, detected, evidence.zipPackage)) return 'plausible'
  if (isText) return mayBeText(type) && detected !== PDF ? 'plausible' : 'contradicted'
  return detected === null && signature === 'usually' ? 'plausible' : 'contradicted'
}

/** Returns the detected type, or null. A signature that matches the declared type counts as reliable. */
export function detectedType(declared: string, { signature, detected }: ContentEvidence): string | null {
  return signature !== null && signature === canonicalContentType(declared) ? signature : detected
}

/** Returns the type to report when bytes contradict their declared type. */
export function shownType({ detected, isText }: ContentEvidence): string {
  return detected ?? (isText ? PLAIN_TEXT : UNKNOWN_CONTENT)
}

/** Returns true for active content declared as a type that browsers display or play. */
function isDisguised(type: string, { active }: ContentEvidence): boolean {
  if (active === null || !isShown(type)) return false
  return active !== 'svg' || type !== SVG
}

function isShown(type: string): boolean {
  const isFont =
    /^(font\/|application\/(x-)?font(-|$))/.test(type) || type === 'application/vnd.ms-fontobject'
  return isFont || /^(image|audio|video)\//.test(type) || type === PDF
}
