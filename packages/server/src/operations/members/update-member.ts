import { actorIdOf, type Caller } from '../../domain/access/caller.ts'
import { checkDepartments } from '../../domain/access/departments.ts'
import type { Member } from '../../domain/access/user.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { checkRole } from './check-member.ts'
import { managedByProvider, memberOf } from './member-errors.ts'

export interface UpdateMemberInput {
  readonly memberId: string
  /** Absent: unchanged. */
  readonly role?: string
  readonly departments?: readonly string[]
}

/**
 * Changes the role or the departments of a member. Requests that begin later have the new role. Throws VALIDATION_ERROR,
 * MEMBER_NOT_FOUND, LAST_OWNER, MEMBERS_MANAGED_BY_PROVIDER, and INSUFFICIENT_PERMISSIONS as `addMember`.
 */
export const updateMember = defineOperation(
  { action: 'updateMember', kind: 'change', scope: 'admin', targetOf: ({ memberId }) => memberId },
  async (
    { database, tokenVerifier }: Pick<Context, 'database' | 'tokenVerifier'>,
    caller: Caller,
    { memberId, role, departments }: UpdateMemberInput,
  ): Promise<Member> => {
    if (role !== undefined && tokenVerifier?.managesMembers) throw managedByProvider()
    const changes = {
      ...(role === undefined ? {} : { role: checkRole(role) }),
      ...(departments === undefined ? {} : { departments: checkDepartments(departments, 'departments') }),
    }
    const { organizationId } = caller
    return memberOf(await database.members.update(organizationId, memberId, changes, actorIdOf(caller)))
  },
)
