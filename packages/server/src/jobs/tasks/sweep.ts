import { installationId } from '../../operations/installation/installation-id.ts'
import { findLostDatabase } from '../../operations/installation/refuse-lost-database.ts'
import { expireSessions } from './expire-sessions.ts'
import { findMissingObjects } from './find-missing-objects.ts'
import type { Finding } from './finding.ts'
import { forgetRecords } from './forget-records.ts'
import { recountSessions } from './recount-sessions.ts'
import { sweepOrphans } from './sweep-orphans.ts'
import type { SweepContext, SweepRun } from './sweep-run.ts'

/** How far the runs are with what one alone does not come through. */
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
  /** Whether the run came to the end of everything, from where it began. */
  readonly isComplete: boolean
}

export const SWEEP_START: SweepPosition = { section: 0, afterFileId: '' }

/**
 * Runs one sweep: expires overdue sessions, removes orphans, reports files whose object is missing, deletes records
 * after their retention, and corrects stored counts. Concurrent runs of several processes are safe, also beside a
 * server.
 * Throws SERVICE_UNAVAILABLE and STORAGE_FULL where the database does.
 */
export async function sweep(context: SweepContext, run: SweepRun, position: SweepPosition): Promise<Swept> {
  const overdue = await expireSessions(context, run)
  const forgottenRecords = run.isDryRun ? 0 : await forgetRecords(context, run)
  const firstOrganization = position.afterOrganizationId ?? ''
  const afterOrganizationId = run.isDryRun
    ? firstOrganization
    : await recountSessions(context, run, firstOrganization)
  const foreign = await findForeignStorage(context)
  if (foreign) {
    const next = { ...position, afterOrganizationId }
    return { findings: [...overdue, foreign], forgottenRecords, next, isComplete: true }
  }
  const held = await sweepOrphans(context, run, position.section)
  const checked = await findMissingObjects(context, run, position.afterFileId)
  return {
    findings: [...overdue, ...held.findings, ...checked.findings],
    forgottenRecords,
    next: {
      section: held.nextSection ?? SWEEP_START.section,
      afterFileId: checked.nextAfterId ?? SWEEP_START.afterFileId,
      afterOrganizationId,
    },
    isComplete: overdue.length < run.maxFindings && held.nextSection === null && checked.nextAfterId === null,
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
    reason: 'its objects are recorded in another database than this one, so nothing in it was looked at',
    outcome: 'reported',
  }
}
