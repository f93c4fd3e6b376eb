import { forgetRecords } from '../../operations/installation/forget-records.ts'
import { installationId } from '../../operations/installation/installation-id.ts'
import { recountSessions } from '../../operations/installation/recount-sessions.ts'
import { findLostDatabase } from '../../operations/installation/refuse-lost-database.ts'
import { expireSessions } from './expire-sessions.ts'
import { findMissingObjects } from './find-missing-objects.ts'
import type { Finding } from './finding.ts'
import { sweepOrphans } from './sweep-orphans.ts'
import type { SweepContext, SweepRun } from './sweep-run.ts'

/** Progress of the parts of a sweep that take several runs. */
export interface SweepPosition {
  readonly section: number
  readonly afterFileId: string
  /** Absent in positions that an older version stored. */
  readonly afterOrganizationId?: string
}

export interface Swept {
  readonly findings: readonly Finding[]
  readonly forgottenRecords: number
  readonly next: SweepPosition
  /** True when every part examined all entries after its start position. */
  readonly isComplete: boolean
}

export const SWEEP_START: SweepPosition = { section: 0, afterFileId: '' }

/**
 * Runs one sweep: expires overdue sessions, removes orphans, reports files whose object is missing, deletes records
 * after their retention, and corrects stored counts. Concurrent runs of several processes are safe, also beside a
 * server.
 * Throws the errors of `Database`.
 */
export async function sweep(context: SweepContext, run: SweepRun, position: SweepPosition): Promise<Swept> {
  const overdue = await expireSessions(context, run)
  const forgottenRecords = run.isDryRun ? 0 : await forgetRecords(context, run.caller, run)
  const firstOrganization = position.afterOrganizationId ?? ''
  const afterOrganizationId = run.isDryRun
    ? firstOrganization
    : await recountSessions(context, run.caller, { ...run, afterOrganizationId: firstOrganization })
  const foreign = await findForeignStorage(context)
  if (foreign) {
    const next = { ...position, afterOrganizationId }
    return { findings: [...overdue, foreign], forgottenRecords, next, isComplete: true }
  }
  const orphans = await sweepOrphans(context, run, position.section)
  const checked = await findMissingObjects(context, run, position.afterFileId)
  return {
    findings: [...overdue, ...orphans.findings, ...checked.findings],
    forgottenRecords,
    next: {
      section: orphans.nextSection ?? SWEEP_START.section,
      afterFileId: checked.nextAfterId ?? SWEEP_START.afterFileId,
      afterOrganizationId,
    },
    isComplete:
      overdue.length < run.maxFindings && orphans.nextSection === null && checked.nextAfterId === null,
  }
}

/**
 * Returns a finding when the storage belongs to another database. With a wrong or an empty database all its objects
 * would look like orphans, so a wrong DATABASE_URL must not remove files.
 */
async function findForeignStorage({ database, storage }: SweepContext): Promise<Finding | null> {
  const isLost = (await findLostDatabase({ database, storage })) !== null
  const installation = await installationId(database)
  if (!isLost && (await storage.inventory.owner(installation)) === installation) return null
  return {
    kind: 'foreign-storage',
    name: storage.kind,
    reason: 'its objects belong to another database, so the sweep examined nothing in it',
    outcome: 'reported',
  }
}
