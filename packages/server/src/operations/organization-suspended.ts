import { ServiceError } from '../domain/errors.ts'

/** Returns the refusal of everything that comes with a credential of an organization that the operator has suspended. */
export function organizationSuspended(): ServiceError {
  return new ServiceError('ORGANIZATION_ACCESS_DENIED', 'the organization is suspended by the operator')
}
