import { setImmediate as nextTurn } from 'node:timers/promises'
import type { File } from '../../domain/files/file.ts'
import type { Finding } from './finding.ts'
import { isStorageError, type SweepContext, type SweepRun } from './sweep-run.ts'

export interface CheckedFiles {
  readonly findings: readonly Finding[]
  /** Position of the next run; null when all files were checked. */
  readonly nextAfterId: string | null
}

const FILES_AT_A_TIME = 100

/**
 * Checks that the object of each file exists, for files after `firstAfterId`. A file without its object is reported
 * and never removed: the operator must find out what happened to its bytes.
 */
export async function findMissingObjects(
  context: SweepContext,
  run: SweepRun,
  firstAfterId: string,
): Promise<CheckedFiles> {
  const findings: Finding[] = []
  let afterId = firstAfterId
  let examined = 0
  while (examined < run.maxExamined) {
    const { files, lastId } = await context.database.housekeeping.listFiles(afterId, FILES_AT_A_TIME)
    if (lastId === null) return { findings, nextAfterId: null }
    for (const file of files) {
      if (findings.length >= run.maxFindings || run.signal.aborted) return { findings, nextAfterId: afterId }
      const finding = await checkFile(context, file)
      if (finding) findings.push(finding)
      afterId = file.id
    }
    afterId = lastId
    examined += FILES_AT_A_TIME
    // A page of deleted files needs no I/O of the storage. Requests must not wait for many such pages.
    await nextTurn()
  }
  return { findings, nextAfterId: afterId }
}

async function checkFile({ storage, database }: SweepContext, file: File): Promise<Finding | null> {
  const { id, objectName: name, generation } = file
  let isReplaced: boolean
  try {
    const object = await storage.stat(name)
    if (object?.generation === generation) return null
    isReplaced = object !== null
  } catch (error) {
    if (!isStorageError(error)) throw error
    const reason = `the object of the file ${id} cannot be read: ${error.message}`
    return { kind: 'unreadable', name, reason, outcome: 'reported' }
  }
  // It may have been deleted since it was listed.
  if ((await database.housekeeping.findUse(name)) !== 'file') return null
  const problem = isReplaced ? 'has been replaced by another one' : 'is not in the storage'
  const reason = `the file ${id} is registered, but its object ${problem}`
  return { kind: 'missing-object', name, reason, outcome: 'reported' }
}
