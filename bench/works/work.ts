import type { Limit } from '../limit.ts'
import type { Options } from '../options.ts'
import type { Peers } from '../peers.ts'
import type { WorkResult } from '../result.ts'

/** Environment of every benchmark. */
export interface Bench {
  /** Folder for all stored data. */
  readonly directory: string
  readonly options: Options
  readonly limit: Limit
  readonly peers: Peers
}

export interface Work {
  readonly id: string
  measure(bench: Bench): Promise<WorkResult[]>
}
