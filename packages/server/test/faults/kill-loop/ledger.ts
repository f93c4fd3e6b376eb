import { someBytes } from '../../protocol/session.ts'

/** Requests of the clients and their answers. Only answered requests have a certain result. */
export interface Ledger {
  /** Unfinished uploads by the id of their future file, without registered and cancelled ones. */
  readonly uploads: Map<string, Upload>
  readonly files: Map<string, StoredFile>
  readonly directs: Set<DirectUpload>
  /** File names of session requests without an answer. */
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
  /** True when the last byte creates the File. */
  readonly isSelfRegistering: boolean
  acknowledgedBytes: number
  /** Number of sent bytes: more cannot have arrived. */
  sentBytes: number
  /** The object in the final answer, which never changes; null before it. */
  object: string | null
  isCancelling: boolean
  isRegistering: boolean
  /** True while a client works on it. */
  isBusy: boolean
}

export interface StoredFile extends Content {
  readonly id: string
  /** The answered File; null when only a list has shown it. */
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

/** Creates content with a unique name. */
export function newContent(sizeBytes: number, start: number): Content {
  made++
  const from = start % (POOL.length - sizeBytes)
  return { filename: `file ${made}.bin`, bytes: POOL.subarray(from, from + sizeBytes) }
}
