/** The jobs that all processes share: each one is at one process at a time, and rests between its runs wherever it ran. */
export interface JobRecords {
  /** Takes the job until `untilMs`, where it is due and nobody has it, or where `holder` has it already. */
  take(job: string, holder: string, nowMs: number, untilMs: number): Promise<JobState>
  /** Gives it back without a result, where `holder` still has it. */
  release(job: string, holder: string, dueAtMs: number): Promise<void>
  /** Gives it back after a run that went well, where `holder` still has it. */
  finish(job: string, holder: string, run: FinishedRun): Promise<void>
}

export interface JobState {
  readonly isTaken: boolean
  /** Where the last run ended, in the job's own words; null for the beginning. */
  readonly position: string | null
  /** Of the last run that went well. */
  readonly finishedAtMs: number | null
}

export interface FinishedRun {
  readonly finishedAtMs: number
  readonly dueAtMs: number
  readonly position: string | null
}
