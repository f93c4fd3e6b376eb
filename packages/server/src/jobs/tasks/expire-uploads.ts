import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import { endUpload } from '../../operations/uploads/end-upload.ts'
import type { Finding } from './finding.ts'
import { type SweepContext, type SweepRun, settleFinding } from './sweep-run.ts'

/**
 * Expires the unfinished sessions whose time is over: the database ends each one and gives its reservation back,
 * unless a register or a cancel came first, and then its bytes go. A crash in between leaves bytes of a session that
 * has expired, which `sweepOrphans` finds, or `endUploads`.
 */
export async function expireUploads(
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
      reason: `its time was over at ${new Date(session.expiresAtMs).toISOString()}`,
    } as const
    const finding = await settleFinding(run, facts, () => expire(context, session))
    if (finding) findings.push(finding)
  }
  return findings
}

/** False when the session came to another end first. */
async function expire(context: SweepContext, session: UploadSession): Promise<boolean> {
  const { organizationId, fileId } = session
  const ended = await context.database.uploadSessions.expire(organizationId, fileId, context.now())
  if (ended?.state.kind !== 'expired') return false
  await endUpload(context, session)
  return true
}
