import type { Member, Membership, Role, User } from '../../domain/access/user.ts'
import type { Row } from './rows.ts'

const textOrNull = (value: unknown) => (value === null || value === undefined ? null : String(value))

export function toUser(row: Row): User {
  return {
    id: String(row.id),
    issuer: String(row.issuer),
    subject: String(row.subject),
    name: textOrNull(row.name),
    email: textOrNull(row.email),
    isEmailVerified: Number(row.is_email_verified) === 1,
    createdAtMs: Number(row.created_at_ms),
    lastSignInAtMs: Number(row.last_sign_in_at_ms),
  }
}

/** Reads the columns of `FIND_USER` that describe a membership; null when the row has none. */
export function toMembership(row: Row): Membership | null {
  if (row.member_id === null) return null
  return {
    memberId: String(row.member_id),
    organizationId: String(row.organization_id),
    organizationName: String(row.organization_name),
    isOrganizationActive: row.organization_state === 'active',
    role: String(row.role) as Role,
    departments: toDepartments(row),
  }
}

/** Reads a member with the columns `user_name` and `user_email` of its user. */
export function toMember(row: Row): Member {
  const userId = textOrNull(row.user_id)
  return {
    id: String(row.id),
    organizationId: String(row.organization_id),
    userId,
    email: textOrNull(row.user_email) ?? (userId === null ? textOrNull(row.email) : null),
    name: textOrNull(row.user_name),
    role: String(row.role) as Role,
    departments: toDepartments(row),
    createdAtMs: Number(row.created_at_ms),
    joinedAtMs: row.joined_at_ms === null ? null : Number(row.joined_at_ms),
  }
}

function toDepartments({ departments }: Row): string[] {
  return JSON.parse(String(departments)) as string[]
}
