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

/** Content that a browser, a shell or a system runs, told by its beginning. */
export type ActiveContent = 'html' | 'svg' | 'script' | 'executable'

/** What the bytes themselves say. */
export interface ContentEvidence {
  /** The type of the signature at the beginning, in canonical form, or null; for a text it may be an accident. */
  readonly signature: string | null
  /** The type that the bytes show, in canonical form, or null: no accident, and also without a signature at the beginning. */
  readonly detected: string | null
  /** True when the sample is text in UTF-8, UTF-16 or an 8-bit encoding. */
  readonly isText: boolean
  readonly active: ActiveContent | null
  /** Of a ZIP archive whose own type is not clear. */
  readonly zipPackage: ZipPackage | null
}

export type Verdict = 'confirmed' | 'plausible' | 'contradicted'

/**
 * Judges bytes by the type that they were declared with. *Confirmed*: the signature is that of the type.
 * *Contradicted*: a mandatory signature is missing, the bytes are of an unrelated format, or they are active content
 * under a type that is shown. All else is *plausible*; see docs/decisions/016-declared-types.md.
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

/** Returns the type that the bytes show, or null. A signature that was declared too is no accident. */
export function detectedType(declared: string, { signature, detected }: ContentEvidence): string | null {
  return signature !== null && signature === canonicalContentType(declared) ? signature : detected
}

/** Returns the type to name where bytes contradict their declaration. */
export function shownType({ detected, isText }: ContentEvidence): string {
  return detected ?? (isText ? PLAIN_TEXT : UNKNOWN_CONTENT)
}

/** Active content declared as a type that is shown or played, where nobody expects it. */
function isDisguised(type: string, { active }: ContentEvidence): boolean {
  if (active === null || !isShown(type)) return false
  return active !== 'svg' || type !== SVG
}

function isShown(type: string): boolean {
  const isFont =
    /^(font\/|application\/(x-)?font(-|$))/.test(type) || type === 'application/vnd.ms-fontobject'
  return isFont || /^(image|audio|video)\//.test(type) || type === PDF
}
