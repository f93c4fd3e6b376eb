import { type ApiKey, hasScope, type Scope } from '../../domain/access/api-key.ts'
import { ServiceError } from '../../domain/errors.ts'

/**
 * Whether the key may do what needs `scope` in the organization; null stands for what every key may. Another
 * organization's id is refused the same way whether that organization exists or not.
 * Throws ORGANIZATION_ACCESS_DENIED, INSUFFICIENT_PERMISSIONS.
 */
export function authorize(key: ApiKey, organizationId: string, scope: Scope | null): void {
  if (key.organizationId !== organizationId) {
    throw new ServiceError('ORGANIZATION_ACCESS_DENIED', 'the key belongs to another organization')
  }
  if (scope !== null && !hasScope(key, scope)) {
    throw new ServiceError('INSUFFICIENT_PERMISSIONS', `the key lacks the scope ${scope}`)
  }
}
