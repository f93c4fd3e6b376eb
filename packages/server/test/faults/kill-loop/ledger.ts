import { someBytes } from '../../protocol/session.ts'

/** What clients have asked for, and what they were told: of each thing only what has been answered is certain. */
export interface Ledger {
  /** By their file's id; those that have become files or were cancelled are gone. */
  readonly uploads: Map<string, Upload>
  readonly files: Map<string, StoredFile>
  readonly directs: Set<DirectUpload>
  /** Names for which a session was asked, and no answer came. */
  readonly lostTickets: Set<string>
  readonly deletedIds: Set<string>
  readonly cancelledUrls: Set<string>
}

export interface Content {
  readonly filename: string
  readonly bytes: Buffer
}

export interface Upload extends Content {
  readonly url: string
  readonly objectName: string
  readonly fileId: string
  acknowledgedBytes: number
  /** No more than these can have arrived. */
  sentBytes: number
  /** The answer with the object, which never changes. */
  object: string | null
  isCancelling: boolean
  isRegistering: boolean
  /** Whether a client is at it. */
  isBusy: boolean
}

export interface StoredFile extends Content {
  readonly id: string
  /** The File as it was answered; null where only a list has shown it. */
  readonly answer: string | null
  isDeleting: boolean
  isBusy: boolean
}

export interface DirectUpload {
  readonly parts: readonly Content[]
}

export function createLedger(): Ledger {
  return {
    uploads: new Map(),
    files: new Map(),
    directs: new Set(),
    lostTickets: new Set(),
    deletedIds: new Set(),
    cancelledUrls: new Set(),
  }
}

const POOL = someBytes(4 * 1024 * 1024, 'kill loop')
let made = 0

/** Any bytes under a name that no other has. */
export function newContent(sizeBytes: number, start: number): Content {
  made++
  const from = start % (POOL.length - sizeBytes)
  return { filename: `file ${made}.bin`, bytes: POOL.subarray(from, from + sizeBytes) }
}
