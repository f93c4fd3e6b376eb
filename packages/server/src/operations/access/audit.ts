import type { Database } from '../../database/database.ts'
import type { AuditEvent } from '../../domain/access/audit-event.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { ErrorCode } from '../../domain/errors.ts'
import { isId } from '../../domain/ids.ts'
import type { Log } from '../log.ts'
import { createRefusalCounts } from './count-refusals.ts'

type AnyCaller = Caller<string | null>

/**
 * Kind of an operation, which decides what the audit records. A change is recorded, and its refusals and failures. A
 * read is recorded only when the caller is refused. A routine step is never recorded, because it is too frequent and
 * follows from a recorded change: the bytes and the expiry of an upload follow from the creation of its session.
 */
export type OperationKind = 'read' | 'change' | 'routine'

/** Operation that a caller attempted. */
export interface Attempt {
  /** The operation's name, such as `registerFile`. */
  readonly action: string
  readonly kind: OperationKind
  /** Id of the operation's object as the caller wrote it; null when there is none. */
  readonly target: string | null
}

/**
 * The only writer of the audit, except for events that a change writes in its own transaction. A failed write is logged as a
 * warning and does not fail the request.
 */
export interface Audit {
  /** Returns the record of a change at this time, for a change that writes it in its own transaction. */
  eventOf(caller: AnyCaller, change: Pick<Attempt, 'action' | 'target'>): AuditEvent
  /** Records a change. It can be read when this resolves. Never throws. */
  recordChange(caller: AnyCaller, change: Pick<Attempt, 'action' | 'target'>): Promise<void>
  /**
   * Counts a refused or failed attempt. Counts each error once, because an operation and its protocol both report it.
   * Never throws.
   */
  recordRefusal(caller: AnyCaller, attempt: Attempt, code: ErrorCode, error: unknown): Promise<void>
  /** Writes the remaining counts. Never throws. */
  close(): Promise<void>
}

/** Codes that refuse the caller rather than the request; they are recorded for reads, too. */
const CALLER_REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'AUTHENTICATION_REQUIRED',
  'INVALID_API_KEY',
  'API_KEY_EXPIRED',
  'API_KEY_DEACTIVATED',
  'API_KEY_PAUSED',
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'INSUFFICIENT_PERMISSIONS',
  'ORGANIZATION_ACCESS_DENIED',
  'RATE_LIMIT_EXCEEDED',
])

export function createAudit(context: {
  readonly database: Pick<Database, 'audit'>
  readonly log: Log
  now(): number
}): Audit {
  const { database, log, now } = context
  const refusals = createRefusalCounts(context)
  const recordedErrors = new WeakSet<object>()

  const isRecorded = (error: unknown): boolean => {
    if (typeof error !== 'object' || error === null) return false
    if (recordedErrors.has(error)) return true
    recordedErrors.add(error)
    return false
  }

  return {
    eventOf: (caller, change) => changeEvent(caller, change, now()),
    recordChange: async (caller, { action, target }) => {
      const event = changeEvent(caller, { action, target }, now())
      try {
        await database.audit.add(event)
      } catch (err) {
        log.warn({ err, action, trace_id: event.traceId }, 'an audit event could not be written')
      }
    },
    recordRefusal: async (caller, { action, kind, target: asked }, code, error) => {
      if (kind === 'routine' || (kind === 'read' && !CALLER_REFUSALS.has(code))) return
      if (isRecorded(error)) return
      const target = asked !== null && isId(asked) ? asked : null
      await refusals.add({ ...partyOf(caller), action, target, outcome: code })
    },
    close: () => refusals.close(),
  }
}

/** Returns the record of a change at this time. */
export function changeEvent(
  caller: AnyCaller,
  { action, target }: Pick<Attempt, 'action' | 'target'>,
  timeMs: number,
): AuditEvent {
  return { ...partyOf(caller), action, target, outcome: 'ok', timeMs }
}

function partyOf({
  organizationId,
  actor,
  request,
}: AnyCaller): Pick<AuditEvent, 'organizationId' | 'actor' | 'traceId' | 'clientAddress'> {
  const { traceId, clientAddress } = request
  return { organizationId, actor: actorName(actor), traceId, clientAddress }
}

function actorName(actor: Caller['actor']): string | null {
  switch (actor.kind) {
    case 'key':
    case 'user':
      return actor.id
    case 'operator':
      return 'operator'
    case 'job':
      return `job:${actor.name}`
    default:
      return null
  }
}
