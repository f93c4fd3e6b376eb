import { ServiceError } from '../../domain/errors.ts'

/** Returns the error for a link that cannot be used; the same for every reason, so that a client learns nothing. */
export function linkRefused(): ServiceError {
  return new ServiceError('TOKEN_INVALID', 'the share link is invalid or has ended')
}
