import { operatorEvent } from '@waybill/server/domain/access/audit-event.ts'
import type { OperatorContext } from './with-database.ts'

/** Writes an action of the operator at the command line to the audit log, as the server does for requests. */
export async function auditOperator(
  { database, now }: OperatorContext,
  action: string,
  organizationId: string | null,
  target: string | null,
): Promise<void> {
  await database.audit.add({ ...operatorEvent(action, organizationId, target), timeMs: now() })
}
