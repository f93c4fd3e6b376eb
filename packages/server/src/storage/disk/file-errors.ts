import { ServiceError } from '../../domain/errors.ts'

const NO_SPACE: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Returns true for an error of the file system with this code, such as `ENOENT`. */
export function hasErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** Returns an error handler for `catch` that replaces ENOENT by a value and throws any other error. */
export function ifMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (hasErrno(error, 'ENOENT')) return value
    throw error
  }
}

/** Converts an error of the file system into STORAGE_FULL or STORAGE_UNAVAILABLE. A ServiceError stays unchanged. */
export function toStorageError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error
  const errno = error instanceof Error && 'code' in error ? error.code : null
  return NO_SPACE.has(errno)
    ? new ServiceError('STORAGE_FULL', 'the storage has no space left', {}, { cause: error })
    : new ServiceError('STORAGE_UNAVAILABLE', 'the storage cannot be used', {}, { cause: error })
}

/** Runs `work` and converts its errors with `toStorageError`. */
export async function withStorageErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toStorageError(error)
  }
}
