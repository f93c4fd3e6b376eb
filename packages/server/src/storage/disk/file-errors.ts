import { ServiceError } from '../../domain/errors.ts'

const NO_SPACE: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Whether a file-system call failed with this code, such as `ENOENT`. */
export function hasErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** For the end of a call that may find nothing: this value instead of ENOENT. */
export function ifMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (hasErrno(error, 'ENOENT')) return value
    throw error
  }
}

/** What a file-system fault is to the callers of storage; an error of the service stays as it is. */
export function toStorageError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error
  const errno = error instanceof Error && 'code' in error ? error.code : null
  return NO_SPACE.has(errno)
    ? new ServiceError('STORAGE_FULL', 'the storage has no space left', {}, { cause: error })
    : new ServiceError('STORAGE_UNAVAILABLE', 'the storage cannot be used', {}, { cause: error })
}

/** Runs `work`; what it throws becomes an error of the service. */
export async function withStorageErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toStorageError(error)
  }
}
