import type { AuditEvent, AuditRow, CountedRefusals } from '../../domain/access/audit-event.ts'

/** What was done and refused. The operator reads it, so it is not scoped to one organization. */
export interface AuditRecords {
  add(event: AuditEvent): Promise<void>
  /** Adds the counts to existing rows and creates missing ones. Each row name occurs at most once in `rows`. */
  addRefusals(rows: readonly CountedRefusals[]): Promise<void>
  /** Returns the newest `limit` rows of one organization, or of all when the id is null. */
  list(organizationId: string | null, limit: number): Promise<AuditRow[]>
  /** Removes events older than `timeMs`, at most `limit` of them; how many. */
  removeBefore(timeMs: number, limit: number): Promise<number>
}
