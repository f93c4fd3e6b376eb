import { DatabaseError } from 'pg'
import { ServiceError } from '../../domain/errors.ts'

const SERIALIZATION_FAILURE = '40001'
const DEADLOCK_DETECTED = '40P01'
const DISK_FULL = '53100'
const FEATURE_NOT_SUPPORTED = '0A000'
/**
 * SQLSTATE classes of errors in a statement, not in the server: data, constraints, privileges and syntax. A retry
 * cannot succeed.
 */
const STATEMENT_ERRORS: ReadonlySet<string> = new Set(['21', '22', '23', '26', '42'])

/** Returns true when an immediate retry may succeed. PostgreSQL has undone the failed transaction completely. */
export function isRetryable(error: unknown): boolean {
  const fault = error instanceof ServiceError ? error.cause : error
  if (!(fault instanceof DatabaseError)) return false
  // A newer version of the program has added a column after this connection prepared the statement.
  const isOldPlan = fault.code === FEATURE_NOT_SUPPORTED && fault.message.startsWith('cached plan')
  return isOldPlan || fault.code === SERIALIZATION_FAILURE || fault.code === DEADLOCK_DETECTED
}

/**
 * Converts an error of PostgreSQL or of the connection to a `ServiceError`. Returns errors in a statement unchanged.
 * Source: PostgreSQL documentation, appendix A, "PostgreSQL Error Codes".
 */
export function toServiceError(error: unknown): unknown {
  if (error instanceof ServiceError || !(error instanceof Error)) return error
  const code = error instanceof DatabaseError ? (error.code ?? '') : ''
  if (code === DISK_FULL) {
    return new ServiceError('STORAGE_FULL', 'the database has no space left', {}, { cause: error })
  }
  if (STATEMENT_ERRORS.has(code.slice(0, 2))) return error
  return new ServiceError('SERVICE_UNAVAILABLE', 'the database cannot be used', {}, { cause: error })
}
