import type { AuditEvent } from '../../domain/access/audit-event.ts'
import type { Context } from '../context.ts'

/** Records what was done or refused. A record that cannot be written is a warning in the log and refuses nobody. */
export async function recordAudit(
  { database, log, now }: Context,
  event: Omit<AuditEvent, 'timeMs'>,
): Promise<void> {
  try {
    await database.audit.add({ ...event, timeMs: now() })
  } catch (error) {
    log.warn(
      { err: error, action: event.action, trace_id: event.traceId },
      'an audit event could not be written',
    )
  }
}
