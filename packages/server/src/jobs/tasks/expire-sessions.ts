import { expireUpload } from '../../operations/uploads/expire-upload.ts'
import type { Finding } from './finding.ts'
import { type SweepContext, type SweepRun, settleFinding } from './sweep-run.ts'

/**
 * Expires the unfinished sessions whose time is over, and deletes their bytes. A crash in between leaves bytes of an
 * expired session, which `sweepOrphans` or `deleteRemainingBytes` deletes.
 */
export async function expireSessions(
  context: SweepContext,
  run: Pick<SweepRun, 'caller' | 'isDryRun' | 'maxFindings' | 'signal'>,
): Promise<Finding[]> {
  const findings: Finding[] = []
  const overdue = await context.database.housekeeping.listOverdueSessions(context.now(), run.maxFindings)
  for (const session of overdue) {
    if (run.signal.aborted) break
    const facts = {
      kind: 'overdue-session',
      name: session.objectName,
      reason: `it expired at ${new Date(session.expiresAtMs).toISOString()}`,
    } as const
    const caller = { ...run.caller, organizationId: session.organizationId }
    const finding = await settleFinding(run, facts, () => expireUpload(context, caller, session.fileId))
    if (finding) findings.push(finding)
  }
  return findings
}
