import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import { deleteSessionBytes } from '../../operations/uploads/delete-upload-bytes.ts'
import type { Finding } from './finding.ts'
import { type SweepContext, type SweepRun, settleFinding } from './sweep-run.ts'

/**
 * Expires the unfinished sessions whose time is over: the database expires each one and releases its reservation,
 * unless a register or a cancel came first; then its bytes are deleted. A crash in between leaves bytes of an expired
 * session, which `sweepOrphans` or `deleteRemainingBytes` deletes.
 */
export async function expireSessions(
  context: SweepContext,
  run: Pick<SweepRun, 'isDryRun' | 'maxFindings' | 'signal'>,
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
    const finding = await settleFinding(run, facts, () => expire(context, session))
    if (finding) findings.push(finding)
  }
  return findings
}

/** Returns false when the session had ended before. */
async function expire(context: SweepContext, session: UploadSession): Promise<boolean> {
  const { organizationId, fileId } = session
  const expired = await context.database.uploadSessions.expire(organizationId, fileId, context.now())
  if (expired?.state.kind !== 'expired') return false
  await deleteSessionBytes(context, session)
  return true
}
