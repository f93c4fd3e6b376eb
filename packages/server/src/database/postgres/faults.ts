import { DatabaseError } from 'pg'
import { ServiceError } from '../../domain/errors.ts'

const SERIALIZATION_FAILURE = '40001'
const DEADLOCK_DETECTED = '40P01'
const DISK_FULL = '53100'
const FEATURE_NOT_SUPPORTED = '0A000'
/**
 * Classes of SQLSTATE that say something of the statement and not of the server: data, constraints, rights and
 * syntax. Such a fault is ours, and trying again does not help.
 */
const OURS: ReadonlySet<string> = new Set(['21', '22', '23', '26', '42'])

/** Whether the same transaction may well succeed at once, on another connection, since nothing of it happened. */
export function isWorthAnotherTry(error: unknown): boolean {
  const fault = error instanceof ServiceError ? error.cause : error
  if (!(fault instanceof DatabaseError)) return false
  // A newer program has added a column while this connection knew the statement.
  const isOldPlan = fault.code === FEATURE_NOT_SUPPORTED && fault.message.startsWith('cached plan')
  return isOldPlan || fault.code === SERIALIZATION_FAILURE || fault.code === DEADLOCK_DETECTED
}

/**
 * What a fault of PostgreSQL, or of the way to it, is to callers of the database; an error of the service stays as it
 * is. Source: PostgreSQL, appendix A, Error Codes.
 */
export function toServiceError(error: unknown): unknown {
  if (error instanceof ServiceError || !(error instanceof Error)) return error
  const code = error instanceof DatabaseError ? (error.code ?? '') : ''
  if (code === DISK_FULL) {
    return new ServiceError('STORAGE_FULL', 'the database has no space left', {}, { cause: error })
  }
  if (OURS.has(code.slice(0, 2))) return error
  return new ServiceError('SERVICE_UNAVAILABLE', 'the database cannot be used', {}, { cause: error })
}
