import type { AuditEvent, AuditRow, CountedRefusals } from '../../domain/access/audit-event.ts'

/** Log of operations and refusals. It is for the operator, so it is not scoped to one organization. */
export interface AuditRecords {
  add(event: AuditEvent): Promise<void>
  /** Adds the counts to existing rows and creates missing ones. Each row name occurs at most once in `rows`. */
  addRefusals(rows: readonly CountedRefusals[]): Promise<void>
  /** Returns the newest `limit` rows of one organization, or of all when the id is null. */
  list(organizationId: string | null, limit: number): Promise<AuditRow[]>
  /** Deletes at most `limit` events that are older than `timeMs`; returns their number. */
  removeBefore(timeMs: number, limit: number): Promise<number>
}
