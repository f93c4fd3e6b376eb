/** Record of a change or a refusal. */
export interface AuditEvent {
  readonly timeMs: number
  /** Organization of the caller; null for an unknown client, and for an operation on the installation. */
  readonly organizationId: string | null
  /** Id of a key or user, `operator` for the command line, `job:` and the name of a job; null for a client without a key. */
  readonly actor: string | null
  /** Name of the operation, such as `registerFile`. */
  readonly action: string
  /** Id of the operation's object; null when there is none. */
  readonly target: string | null
  /** `ok`, or the code of the error. */
  readonly outcome: string
  readonly traceId: string
  /** Client address of the request; null for the command line, for jobs, and when it is unknown. */
  readonly clientAddress: string | null
}

/** Row of the audit. For several refusals, time and trace id are those of the first. */
export interface AuditRow extends AuditEvent {
  /** Number of occurrences. */
  readonly count: number
}

/** Refusals that share one row, identified by its name, across all processes. */
export interface CountedRefusals extends AuditRow {
  readonly rowName: string
}

/** Action or address of a row whose refusals have different ones. */
export const SEVERAL = 'several'

/** Merges two rows: the earlier time and trace id, the sum of the counts, and the values that both share. */
export function addRefusals<T extends AuditRow>(earlier: T, later: AuditRow): T {
  return {
    ...earlier,
    count: earlier.count + later.count,
    action: earlier.action === later.action ? earlier.action : SEVERAL,
    target: earlier.target === later.target ? earlier.target : null,
    clientAddress: earlier.clientAddress === later.clientAddress ? earlier.clientAddress : SEVERAL,
  }
}
