import type { AuditRecords } from '../records/audit.ts'
import { createAuditStatements, ON_KNOWN_REFUSAL, REFUSAL_COLUMNS } from '../sql/audit-statements.ts'
import type { Connection } from './connection.ts'

const ADD_REFUSALS = `
  INSERT INTO audit_events (${REFUSAL_COLUMNS})
  VALUES ($timeMs, $organizationId, $actor, $action, $target, $outcome, $traceId, $clientAddress, $count, $rowName)
  ${ON_KNOWN_REFUSAL}`

export function createAuditRecords({ statements, write }: Connection): AuditRecords {
  return {
    ...createAuditStatements(statements),

    addRefusals: (rows) =>
      write(({ run }) => {
        for (const row of rows) run(ADD_REFUSALS, { ...row })
      }),
  }
}
