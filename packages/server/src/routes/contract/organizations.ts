import { type Static, Type } from 'typebox'
import { Nullable, OrganizationParams, Time } from './shapes.ts'

const OrganizationBody = Type.Object({
  id: Type.String(),
  name: Type.String(),
  is_active: Type.Boolean(),
  storage_limit_bytes: Nullable(Type.Integer()),
  storage_used_bytes: Type.Integer(),
  storage_reserved_bytes: Type.Integer(),
  created_at: Time,
  updated_at: Time,
})
export type OrganizationBody = Static<typeof OrganizationBody>

/** The operation on the organization itself. */
export const ORGANIZATIONS = {
  getOrganization: {
    operationId: 'getOrganization',
    params: OrganizationParams,
    response: { 200: OrganizationBody },
  },
} as const
