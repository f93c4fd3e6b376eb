import type { TextPart } from './located-text.ts'
import type { UnreadableCode } from './unreadable-file.ts'

/**
 * Message of a reader to the server: any number of `parts`, then one `end` or one `unreadable`. The process writes each
 * message as a line of JSON.
 */
export type Message =
  | { readonly type: 'parts'; readonly parts: readonly TextPart[] }
  | { readonly type: 'end' }
  | {
      readonly type: 'unreadable'
      readonly code: UnreadableCode
      readonly message: string
      /** Error of a library, for the log of the operator; null when there is none. */
      readonly cause: string | null
    }

/** Request to read a file. */
export interface ReadRequest {
  readonly kind: string
  readonly bytes: Uint8Array
  readonly maxTextBytes: number
  /** Text recognition in scans; null when it is off. */
  readonly ocr: OcrRequest | null
}

/** Text recognition in scans. */
export interface OcrOptions {
  /** Languages by their codes in Tesseract, such as `eng` and `chi_sim`; the first one counts most. */
  readonly languages: readonly string[]
  /** Upper bound of the scanned pages of one document. */
  readonly maxPages: number
}

/** Text recognition in the scans of one request. */
export interface OcrRequest extends OcrOptions {
  /** True reads no file with scanned pages, and ends with `needs_ocr`: a later request recognizes their text. */
  readonly isDeferred: boolean
}
