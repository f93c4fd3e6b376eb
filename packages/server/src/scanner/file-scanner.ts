import type { ScanVerdict } from '../domain/files/scan.ts'

/** File that is offered to the scanner. */
export interface OfferedFile {
  /** Id of the scan, the same when the file is offered again. */
  readonly scanId: string
  readonly organizationId: string
  readonly fileId: string
  readonly filename: string
  readonly contentType: string
  readonly sizeBytes: number
  /** SHA-256 in lower-case hex; null when it was not computed. */
  readonly sha256: string | null
  /** Path and query from which the scanner reads the bytes; they are a credential. */
  readonly download: { readonly token: string; readonly expiresAtSeconds: number }
}

export type GivenVerdict = ScanVerdict & { readonly kind: 'clean' | 'rejected' }

/** The operator's scanner. */
export interface FileScanner {
  /**
   * Offers a file and returns the verdict. Throws when the scanner gives none: it is away, takes longer than `SCAN_MS`, or
   * answers something else.
   */
  offer(file: OfferedFile, signal: AbortSignal): Promise<GivenVerdict>
}

/** Answer of the scanner that is no verdict. */
export class ScannerStatusError extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the scanner answered with status ${status}`)
    this.status = status
  }
}

/** Longest time of a scan, with the download of the file. */
export const SCAN_MS = 4 * 60_000
