import type { Limit } from '../limit.ts'
import type { Options } from '../options.ts'
import type { Peers } from '../peers.ts'
import type { WorkResult } from '../result.ts'

/** What every work finds there. */
export interface Bench {
  /** Everything that is stored lies below this folder. */
  readonly directory: string
  readonly options: Options
  readonly limit: Limit
  readonly peers: Peers
}

export interface Work {
  readonly id: string
  measure(bench: Bench): Promise<WorkResult[]>
}
