import { ServiceError } from '../../domain/errors.ts'

/** Returns the error for requests with a credential of a suspended organization. */
export function organizationSuspended(): ServiceError {
  return new ServiceError('ORGANIZATION_ACCESS_DENIED', 'the organization is suspended by the operator')
}
