import type { Member } from '@waybill/sdk'

export type Role = Member['role']

/** Roles from the strongest, and what they may do. */
export const ROLE_TEXTS: Readonly<Record<Role, string>> = {
  owner: 'Everything; at least one owner stays',
  admin: 'Manage keys, webhooks and members',
  member: 'Read and write files and vector stores, ask models',
  viewer: 'Read files and vector stores',
}
export const ROLES = Object.keys(ROLE_TEXTS) as readonly Role[]
