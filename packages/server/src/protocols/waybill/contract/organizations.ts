import { object } from './object.ts'
import type { OperationSchemas } from './operation-schemas.ts'
import { nullable, OrganizationParams, Time } from './shapes.ts'
import type { TypeOf } from './type-of.ts'

const OrganizationBody = object({
  id: { type: 'string', examples: ['org_123'] },
  name: { type: 'string' },
  type: { type: 'string', const: 'Work' },
  is_active: { type: 'boolean', description: 'False: the operator has suspended it.' },
  storage_limit_bytes: nullable({ type: 'integer' }, 'The quota; null where there is none.'),
  storage_free_bytes_allowance: nullable({ type: 'integer' }, 'The same as `storage_limit_bytes`.'),
  storage_used_bytes: { type: 'integer', description: 'Taken by registered files.' },
  storage_reserved_bytes: { type: 'integer', description: 'Set aside for open upload sessions.' },
  api_usage_limit: { type: 'null', description: 'There is none.' },
  total_usage_limit: { type: 'null', description: 'There is none.' },
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
