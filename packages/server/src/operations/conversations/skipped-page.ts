import { ServiceError } from '../../domain/errors.ts'
import { MAX_PAGED_ENTRIES } from '../page-request.ts'

export interface SkippedPage {
  readonly skip: number
  readonly limit: number
}

/** Throws VALIDATION_ERROR for a page beyond `MAX_PAGED_ENTRIES`: the database reads all entries before a page. */
export function checkSkip({ skip, limit }: SkippedPage): void {
  if (skip + limit <= MAX_PAGED_ENTRIES) return
  const message = `skip and take reach the first ${MAX_PAGED_ENTRIES} entries`
  throw new ServiceError('VALIDATION_ERROR', message, { field: 'skip', value: skip })
}
