import { orphanReason, UNRECORDED_GRACE_MS } from '../../domain/uploads/orphan-reason.ts'
import { deleteUploadBytes } from '../../operations/uploads/delete-upload-bytes.ts'
import type { InventoryEntry } from '../../storage/inventory.ts'
import type { Finding } from './finding.ts'
import { createReportedObjects, type ReportedObjects } from './reported-objects.ts'
import { isStorageError, type SweepContext, type SweepRun, settleFinding } from './sweep-run.ts'

export interface SweptOrphans {
  readonly findings: readonly Finding[]
  /** Where the next run goes on; null when this one came to the end. */
  readonly nextSection: number | null
}

/**
 * Goes through what storage holds, from a section on, and removes what nobody can need: see `orphanReason`. Storage
 * says what there is, the database what it is for; it is asked about each thing just before that is removed.
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
    // There may be more in this section; but one of which nothing can be removed must not hold up the others.
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
      if (finding && isAnyNumber(finding)) reported.add(finding)
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

/** Of what others have put there: it must not keep a run from what it is to remove. */
function isAnyNumber({ kind, outcome }: Finding): boolean {
  return outcome === 'reported' && kind !== 'unreadable'
}

async function judge(context: SweepContext, run: SweepRun, entry: InventoryEntry): Promise<Finding | null> {
  if (entry.kind === 'unreadable') {
    const reason = `it cannot be read: ${entry.problem}`
    return { kind: 'unreadable', name: entry.id, reason, outcome: 'reported' }
  }
  if (entry.kind === 'foreign') {
    const reason = 'it is somebody else’s: no object of this installation has such a name'
    return { kind: 'foreign-object', name: entry.name, reason, outcome: 'reported' }
  }
  return entry.kind === 'orphan' ? removeOrphan(context, run, entry) : removeUnneeded(context, run, entry)
}

/** Beside an object that is whole it is useless at once; otherwise its upload may have begun a moment ago. */
async function removeOrphan(
  { storage, now }: SweepContext,
  run: SweepRun,
  { id, name, modifiedAtMs }: InventoryEntry & { kind: 'orphan' },
): Promise<Finding | null> {
  if (name === null && now() - modifiedAtMs < UNRECORDED_GRACE_MS) return null
  const reason =
    name === null
      ? 'nothing says what it belongs to, and it is more than a day old'
      : `the object ${name} is whole without it`
  return settleFinding(run, { kind: 'orphan', name: id, reason }, () => storage.inventory.removeOrphan(id))
}

async function removeUnneeded(
  context: SweepContext,
  run: SweepRun,
  { kind, name, modifiedAtMs }: InventoryEntry & { kind: 'object' | 'upload' },
): Promise<Finding | null> {
  const { housekeeping } = context.database
  const use = await housekeeping.findUse(name)
  const reason = orphanReason(use, context.now() - modifiedAtMs)
  if (reason === null) return null
  if (use === null && !run.removesUnexplained && !run.isDryRun)
    return { kind, name, reason, outcome: 'reported' }
  return settleFinding(run, { kind, name, reason }, async () => {
    // A slow request may be about to record it: the database decides which of the two comes first.
    if (use === null && !(await housekeeping.disown(name, context.now()))) return false
    await deleteUploadBytes(context, { objectName: name, uploadHandle: null })
    return true
  })
}
