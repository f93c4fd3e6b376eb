import { operatorEvent } from '@waybill/server/domain/access/audit-event.ts'
import type { OperatorContext } from './with-database.ts'

/** Records what the operator has done at the command line, as the server records what requests do. */
export async function auditOperator(
  { database, now }: OperatorContext,
  action: string,
  organizationId: string | null,
  target: string | null,
): Promise<void> {
  await database.audit.add({ ...operatorEvent(action, organizationId, target), timeMs: now() })
}
