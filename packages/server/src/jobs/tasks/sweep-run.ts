import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../../operations/context.ts'
import type { Finding } from './finding.ts'

export type SweepContext = Pick<Context, 'database' | 'storage' | 'now'>

/** How one run goes about it. */
export interface SweepRun {
  /** Says what it would do, and does nothing. */
  readonly isDryRun: boolean
  /** Whether it removes what no record explains, or only reports it. */
  readonly removesUnexplained: boolean
  /** Each part of the run ends when it has found this many. What others have put there does not count. */
  readonly maxFindings: number
  /** Each part of the run ends soon after it has looked at this many. */
  readonly maxExamined: number
  /** How long audit events are kept. */
  readonly auditMs: number
  /** Ends the run after what it is at. */
  readonly signal: AbortSignal
}

/**
 * The finding, after `remove` has done its work unless this is a dry run; null when that answered false: there was
 * nothing to remove any more. What cannot be removed is a finding too, so that it keeps nobody from the others.
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

/** Whether the storage failed, which may concern one object only; without the database there is no going on. */
export function isStorageError(error: unknown): error is ServiceError {
  if (!(error instanceof ServiceError)) return false
  return error.code.startsWith('STORAGE_') || error.code === 'OBJECT_DAMAGED'
}
