import type { Api } from '../api.ts'
import type { Platform, SessionStore } from '../platform/platform.ts'
import type { ByteSource } from '../source/byte-source.ts'
import type { Pause } from './pause.ts'
import type { ProgressMeter } from './progress.ts'

/** Checksums that the service computes on request, in addition to the CRC-32C. */
export type ChecksumAlgorithm = 'md5' | 'sha256'

/** Dependencies and options that the parts of an upload share. */
export interface UploadTask {
  readonly api: Api
  readonly platform: Platform
  readonly store: SessionStore | null
  readonly source: ByteSource
  readonly filename: string
  /** Folder; empty for the root. */
  readonly path: string
  readonly metadata: Readonly<Record<string, string>>
  readonly mimeType: string
  readonly resume: boolean
  /** See `UploadOptions.checksums`. */
  readonly checksums: readonly ChecksumAlgorithm[]
  /** SHA-256 to announce, in hex; null for none. */
  readonly sha256: string | null
  /** Parts to send at the same time; 1 for an upload without parts. */
  readonly parallel: number
  readonly meter: ProgressMeter
  readonly pause: Pause
  readonly signal: AbortSignal | undefined
}
