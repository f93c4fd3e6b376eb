import { ServiceError } from '../../domain/errors.ts'
import { MAX_PAGED_ENTRIES } from '../page-request.ts'

export interface SkippedPage {
  readonly skip: number
  readonly limit: number
}

/** Throws VALIDATION_ERROR when a page begins beyond `MAX_PAGED_ENTRIES`: the database reads all entries before it. */
export function checkSkip({ skip }: SkippedPage): void {
  if (skip <= MAX_PAGED_ENTRIES) return
  const message = `skip must be at most ${MAX_PAGED_ENTRIES}`
  throw new ServiceError('VALIDATION_ERROR', message, { field: 'skip', value: skip })
}
