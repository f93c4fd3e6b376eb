import { type Member, ROLES } from '../../domain/access/user.ts'
import { nullable, object, Time, type TypeOf } from '../http/json-schema.ts'
import { nullableTime, toTime, toTimeOrNull } from './vector-store-shapes.ts'

export const Role = { type: 'string', enum: ROLES } as const
export const Departments = {
  type: 'array',
  items: { type: 'string' },
  description: 'Names of departments, which may use vector stores with the access mode `department`.',
} as const

export const MemberBody = object({
  id: { type: 'string', examples: ['mem_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  state: { type: 'string', enum: ['active', 'invited'] },
  user_id: nullable({ type: 'string' }, 'The id of the user; null until somebody accepts the invitation.'),
  email: nullable({ type: 'string' }, 'The address of the user, or the invited one.'),
  name: nullable({ type: 'string' }, 'The name of the user, as the provider tells it.'),
  role: Role,
  departments: Departments,
  created_at: Time,
  joined_at: nullableTime('The time at which the user became a member; null for an invitation.'),
})

export function toMemberBody(member: Member): TypeOf<typeof MemberBody> {
  return {
    id: member.id,
    state: member.userId === null ? 'invited' : 'active',
    user_id: member.userId,
    email: member.email,
    name: member.name,
    role: member.role,
    departments: [...member.departments],
    created_at: toTime(member.createdAtMs),
    joined_at: toTimeOrNull(member.joinedAtMs),
  }
}
