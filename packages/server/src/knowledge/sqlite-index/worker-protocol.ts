import type { SearchHit, SearchQuery } from '../search-index.ts'
import type { ChangeBatch } from './apply-changes.ts'
import type { CorpusStatistics } from './rank.ts'

/** Requests to an index worker and their results, by name. Each request concerns one store. */
export interface WorkerCalls {
  /** Returns the position of the index. */
  position: { input: null; output: number }
  /** Result; null when the index is behind `seq`. */
  statistics: { input: { seq: number; texts: readonly string[] }; output: CorpusStatistics | null }
  /** Result; null when the index is behind `seq`. */
  search: {
    input: { seq: number; query: SearchQuery; statistics: CorpusStatistics | null }
    output: SearchHit[] | null
  }
  missing: { input: readonly { fileId: string; revision: string }[]; output: string[] }
  /** False when another process was faster. */
  apply: { input: ChangeBatch; output: boolean }
  /** Live files with their revisions and attributes as JSON, ordered by file id, and damage that SQLite finds. */
  inspect: { input: null; output: { files: [string, string, string][]; damage: string[] } }
  drop: { input: null; output: null }
}

export type CallName = keyof WorkerCalls

export interface WorkerRequest {
  readonly id: number
  readonly name: CallName
  readonly storeId: string
  readonly input: unknown
}

export type WorkerResponse = { readonly id: number; readonly output: unknown } | WorkerFailure

export interface WorkerFailure {
  readonly id: number
  readonly error: string
  readonly fault: Fault
}

/** A damaged file is deleted before the response, so that the index is empty then. `full`: the disk has no space. */
export type Fault = 'damaged' | 'full' | 'other'
