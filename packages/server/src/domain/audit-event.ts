import { randomUUID } from 'node:crypto'

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
}

/** What the operator has done, at the command line or by a first start. */
export function operatorEvent(
  action: string,
  organizationId: string | null,
  target: string | null,
): Omit<AuditEvent, 'timeMs'> {
  return { organizationId, actor: 'operator', action, target, outcome: 'ok', traceId: randomUUID() }
}
