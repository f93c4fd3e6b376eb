import { ServiceError } from '../../domain/errors.ts'

/** Returns the error for a link that cannot be used; the same for every reason, so that a client learns nothing. */
export function linkNotFound(): ServiceError {
  return new ServiceError('LINK_NOT_FOUND', 'there is no such link')
}
