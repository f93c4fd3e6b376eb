/** Leases of the jobs that all processes share. One process at a time holds the lease of a job. */
export interface JobRecords {
  /** Acquires the lease until `untilMs` when the job is due and not leased; extends it when `holder` holds it. */
  acquire(job: string, holder: string, nowMs: number, untilMs: number): Promise<JobState>
  /** Releases the lease without a result. Does nothing when `holder` no longer holds it. */
  release(job: string, holder: string, dueAtMs: number): Promise<void>
  /** Releases the lease after a successful run. Does nothing when `holder` no longer holds it. */
  finish(job: string, holder: string, run: FinishedRun): Promise<void>
}

export interface JobState {
  readonly isAcquired: boolean
  /** Position at which the next run continues, in the job's own format; null for the beginning. */
  readonly position: string | null
  /** End of the last successful run; null when there was none. */
  readonly finishedAtMs: number | null
}

export interface FinishedRun {
  readonly finishedAtMs: number
  readonly dueAtMs: number
  readonly position: string | null
}
