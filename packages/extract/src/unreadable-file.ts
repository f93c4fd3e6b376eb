/**
 * Reason in the file itself: its type or protection is not supported, or it is damaged or too large. `needs_ocr` is no
 * failure: the file has scanned pages, and OCR is deferred.
 */
export type UnreadableCode = 'unsupported_file' | 'invalid_file' | 'needs_ocr'

/** The only error that readers throw on purpose. `message` tells a user the cause and the next step. */
export class UnreadableFile extends Error {
  readonly code: UnreadableCode

  constructor(code: UnreadableCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'UnreadableFile'
    this.code = code
  }
}
