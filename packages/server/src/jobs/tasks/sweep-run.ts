import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../../operations/context.ts'
import type { Finding } from './finding.ts'

export type SweepContext = Pick<Context, 'database' | 'storage' | 'audit' | 'now'>

/** Options of one sweep. */
export interface SweepRun {
  /** Job, or the operator who runs `waybill sweep`. */
  readonly caller: Caller<null>
  /** True to report what the sweep would remove, without any change. */
  readonly isDryRun: boolean
  /** True to remove objects without a record, false to report them. */
  readonly removesUnexplained: boolean
  /** Number of findings after which each part of the run ends. Objects of other programs do not count. */
  readonly maxFindings: number
  /** Number of examined entries after which each part of the run ends, approximately. */
  readonly maxExamined: number
  /** Retention of audit events. */
  readonly auditMs: number
  /** Stops the run after the current entry. */
  readonly signal: AbortSignal
}

/**
 * Calls `remove` unless this is a dry run, and returns the finding with its outcome. Returns null when `remove` returns
 * false because there was nothing to remove any more. A storage error becomes the outcome `failed`, so that the sweep
 * continues with the next entry.
 */
export async function settleFinding(
  { isDryRun }: Pick<SweepRun, 'isDryRun'>,
  facts: Omit<Finding, 'outcome'>,
  remove: () => Promise<boolean>,
): Promise<Finding | null> {
  if (isDryRun) return { ...facts, outcome: 'to-remove' }
  try {
    return (await remove()) ? { ...facts, outcome: 'removed' } : null
  } catch (error) {
    if (!isStorageError(error)) throw error
    return { ...facts, reason: `${facts.reason}; ${error.message}`, outcome: 'failed' }
  }
}

/** Returns true for errors of the storage, which may affect only one object. A database error stops the sweep. */
export function isStorageError(error: unknown): error is ServiceError {
  if (!(error instanceof ServiceError)) return false
  return error.code.startsWith('STORAGE_') || error.code === 'OBJECT_DAMAGED'
}
