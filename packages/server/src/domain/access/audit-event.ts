/** Something that was done, or refused. */
export interface AuditEvent {
  readonly timeMs: number
  /** Null where the request showed no key of an organization. */
  readonly organizationId: string | null
  /** A key's id, `operator` for the command line, or null. */
  readonly actor: string | null
  /** The operation's name, such as `registerFile`. */
  readonly action: string
  /** The id of what it was done to, or null. */
  readonly target: string | null
  /** `ok`, or the code of the error. */
  readonly outcome: string
  readonly traceId: string
  /** Client address of the request; null for the command line and when it is unknown. */
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

/** Placeholder for the action or address of refusals that differ in it. */
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
