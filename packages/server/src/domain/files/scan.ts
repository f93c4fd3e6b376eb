import { createHash } from 'node:crypto'
import type { File } from './file.ts'

/** Result of the scan of a file. */
export interface ScanVerdict {
  /** `unscanned`: the scanner failed, and the operator lets files pass then. */
  readonly kind: 'clean' | 'rejected' | 'unscanned'
  /** Reason of the scanner for a rejection; null when it gave none. */
  readonly reason: string | null
}

/** Object that a scan reads. */
export interface ScannedObject {
  readonly fileId: string
  readonly objectName: string
  readonly generation: string
}

/** Outcomes of scans in metrics: `failed` when the scanner gave no verdict. */
export type ScanOutcome = 'clean' | 'rejected' | 'failed'

/** Observer of all scans. It must not throw. */
export type ObserveScan = (outcome: ScanOutcome, durationMs: number) => void

export const SCAN_ID = /^scan_[0-9a-f]{64}$/

/**
 * Returns the id of the scan of a file: the same for the same content with the same name and type, so that a repeated
 * upload finds the verdict of the first one. Content without a SHA-256 is the same only in the same object.
 */
export function scanIdOf(file: File): string {
  const { organizationId, filename, contentType, sizeBytes, sha256, objectName, generation } = file
  const content = sha256 === null ? [objectName, generation] : [sha256]
  const facts = JSON.stringify([organizationId, filename, contentType, sizeBytes, content])
  return `scan_${createHash('sha256').update(facts).digest('hex')}`
}
