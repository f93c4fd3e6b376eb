import type { ExtractedText } from '@waybill/extract/located-text.ts'

export type { ExtractedText, PageKind, PartKind, TextPart } from '@waybill/extract/located-text.ts'
export type { OcrOptions } from '@waybill/extract/message.ts'

/** Extraction of text from the bytes of Files. */
export interface TextExtractor {
  /**
   * Returns the text of a file with the places of its parts. A text without a word, even an empty one, is a result.
   * The same bytes and names give the same text.
   *
   * Reads `bytes` to the end, or stops and closes the iterator. Files that are damaged or made to exhaust memory or time
   * cannot harm the process; they fail. Throws `ExtractionFailure`, what `bytes` throws, or the reason of `signal`.
   * Throws `OcrNeeded` for a file that `extractWithOcr` reads.
   */
  extract(file: ExtractableFile, signal: AbortSignal): Promise<ExtractedText>
  /**
   * Returns the text of a file, with the text that OCR recognizes in its scanned pages. It takes seconds for each page
   * and waits for the turn of the file, so that scans do not delay `extract`.
   */
  extractWithOcr(file: ExtractableFile, reader: OcrReader, signal: AbortSignal): Promise<ExtractedText>
  /** Stops all readers; unfinished and later extractions fail with `server_error`. */
  close(): Promise<void>
}

/** Reader that waits for the text of a scan: a task has a deadline, so its turn comes before those of requests. */
export type OcrReader = 'task' | 'request'

export interface ExtractableFile {
  readonly filename: string
  /** Declared type. */
  readonly contentType: string
  /** Type detected by signature; null when there is none. */
  readonly detectedContentType: string | null
  readonly sizeBytes: number
  /** Exactly `sizeBytes` bytes. */
  readonly bytes: AsyncIterable<Uint8Array>
}

/** Thrown for a file with scanned pages, when OCR is on. */
export class OcrNeeded extends Error {
  constructor() {
    super('the file has scanned pages')
    this.name = 'OcrNeeded'
  }
}

/**
 * Reason of a failure. `unsupported_file`: the type is not read, or the file is encrypted or an image of text.
 * `invalid_file`: damaged, or over a limit. `server_error`: the cause is not in the file, and a retry may succeed.
 */
export type ExtractionFailureCode = 'unsupported_file' | 'invalid_file' | 'server_error'

/**
 * Failure of an extraction. `message` tells the user who uploaded the file the cause and the next step; the `cause` of the
 * error is for the log.
 */
export class ExtractionFailure extends Error {
  readonly code: ExtractionFailureCode

  constructor(code: ExtractionFailureCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ExtractionFailure'
    this.code = code
  }
}
