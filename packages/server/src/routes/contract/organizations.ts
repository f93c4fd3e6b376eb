import { object } from './object.ts'
import type { OperationSchemas } from './operation-schemas.ts'
import { nullable, OrganizationParams, Time } from './shapes.ts'
import type { TypeOf } from './type-of.ts'

const OrganizationBody = object({
  id: { type: 'string', examples: ['org_123'] },
  name: { type: 'string' },
  is_active: { type: 'boolean' },
  storage_limit_bytes: nullable({ type: 'integer' }, 'The quota; null where there is none.'),
  storage_used_bytes: { type: 'integer', description: 'Taken by registered files.' },
  storage_reserved_bytes: { type: 'integer', description: 'Set aside for open upload sessions.' },
  created_at: Time,
  updated_at: Time,
})
export type OrganizationBody = TypeOf<typeof OrganizationBody>

/** The operation on the organization itself. */
export const ORGANIZATIONS = {
  getOrganization: {
    operationId: 'getOrganization',
    params: OrganizationParams,
    response: { 200: OrganizationBody },
  },
} as const satisfies OperationSchemas
