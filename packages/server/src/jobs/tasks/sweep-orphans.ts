import { fileOfName } from '../../domain/files/object-name.ts'
import { orphanReason, UNRECORDED_GRACE_MS } from '../../domain/uploads/orphan-reason.ts'
import { deleteOrphan } from '../../operations/uploads/delete-orphan.ts'
import type { InventoryEntry } from '../../storage/inventory.ts'
import type { Finding } from './finding.ts'
import { createReportedObjects, type ReportedObjects } from './reported-objects.ts'
import { isStorageError, type SweepContext, type SweepRun, settleFinding } from './sweep-run.ts'

export interface SweptOrphans {
  readonly findings: readonly Finding[]
  /** Section of the next run; null when all sections were examined. */
  readonly nextSection: number | null
}

/**
 * Lists the storage from `firstSection` on, and removes entries that no client can need, see `orphanReason`. Looks up
 * the record of each entry just before its removal, because the listing may be outdated.
 */
export async function sweepOrphans(
  context: SweepContext,
  run: SweepRun,
  firstSection: number,
): Promise<SweptOrphans> {
  const { sections } = context.storage.inventory
  const findings: Finding[] = []
  const reported = createReportedObjects()
  const endedAt = (nextSection: number | null) => ({
    findings: [...findings, ...reported.findings()],
    nextSection,
  })
  let examined = 0
  for (let section = firstSection; section < sections; section++) {
    const isEnough = examined >= run.maxExamined || findings.length >= run.maxFindings
    if (isEnough || run.signal.aborted) return endedAt(section)
    const limits = { ...run, maxFindings: run.maxFindings - findings.length }
    const swept = await sweepSection(context, limits, section, reported)
    findings.push(...swept.findings)
    examined += swept.examined
    if (swept.isAtEnd) continue
    // The next run continues this section, unless nothing could be removed: then it would never reach the others.
    const isStuck = !run.signal.aborted && swept.findings.every(({ outcome }) => outcome !== 'removed')
    return endedAt(isStuck ? section + 1 : section)
  }
  return endedAt(null)
}

async function sweepSection(
  context: SweepContext,
  run: SweepRun,
  section: number,
  reported: ReportedObjects,
) {
  const findings: Finding[] = []
  let examined = 0
  try {
    for await (const entry of context.storage.inventory.list(section)) {
      if (findings.length >= run.maxFindings || run.signal.aborted)
        return { findings, examined, isAtEnd: false }
      const finding = await judge(context, run, entry)
      if (finding && isForeign(finding)) reported.add(finding)
      else if (finding) findings.push(finding)
      examined++
    }
  } catch (error) {
    if (!isStorageError(error)) throw error
    const reason = `it cannot be listed: ${error.message}`
    findings.push({ kind: 'unreadable', name: `section ${section}`, reason, outcome: 'reported' })
  }
  return { findings, examined, isAtEnd: true }
}

/**
 * Returns true for objects that may belong to other programs. Their number is unlimited and does not count against
 * `maxFindings`, so that a run still reaches the entries that it removes.
 */
function isForeign({ kind, outcome }: Finding): boolean {
  return outcome === 'reported' && kind !== 'unreadable'
}

async function judge(context: SweepContext, run: SweepRun, entry: InventoryEntry): Promise<Finding | null> {
  if (entry.kind === 'unreadable') {
    const reason = `it cannot be read: ${entry.problem}`
    return { kind: 'unreadable', name: entry.id, reason, outcome: 'reported' }
  }
  if (entry.kind === 'foreign') {
    const reason = 'it belongs to another program: this service never creates such a name'
    return { kind: 'foreign-object', name: entry.name, reason, outcome: 'reported' }
  }
  return entry.kind === 'orphan' ? removeOrphan(context, run, entry) : removeUnneeded(context, run, entry)
}

/** Removes an orphan: at once beside a complete object, otherwise after a day, because its upload may be new. */
async function removeOrphan(
  context: SweepContext,
  run: SweepRun,
  { id, name, modifiedAtMs }: InventoryEntry & { kind: 'orphan' },
): Promise<Finding | null> {
  if (name === null && context.now() - modifiedAtMs < UNRECORDED_GRACE_MS) return null
  const reason =
    name === null
      ? 'no record explains it, and it is more than a day old'
      : `the object ${name} is complete without it`
  return settleFinding(run, { kind: 'orphan', name: id, reason }, () =>
    deleteOrphan(context, run.caller, { id }),
  )
}

async function removeUnneeded(
  context: SweepContext,
  run: SweepRun,
  { kind, name, modifiedAtMs }: InventoryEntry & { kind: 'object' | 'upload' },
): Promise<Finding | null> {
  const use = await context.database.housekeeping.findUse(name)
  const reason = orphanReason(use, context.now() - modifiedAtMs)
  if (reason === null) return null
  if (use === null && !run.removesUnexplained && !run.isDryRun)
    return { kind, name, reason, outcome: 'reported' }
  const caller = { ...run.caller, organizationId: fileOfName(name)?.organizationId ?? null }
  return settleFinding(run, { kind, name, reason }, () =>
    deleteOrphan(context, caller, { objectName: name, isRecorded: use !== null }),
  )
}
