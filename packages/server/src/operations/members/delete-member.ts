import { actorIdOf, type Caller } from '../../domain/access/caller.ts'
import type { Member } from '../../domain/access/user.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { memberOf } from './member-errors.ts'

/**
 * Removes a member, or withdraws an invitation. Later requests of the user are refused, also with tokens that are still
 * valid. Throws MEMBER_NOT_FOUND, LAST_OWNER, and INSUFFICIENT_PERMISSIONS as `addMember`.
 */
export const deleteMember = defineOperation(
  { action: 'deleteMember', kind: 'change', scope: 'admin', targetOf: (memberId) => memberId },
  async ({ database }: Pick<Context, 'database'>, caller: Caller, memberId: string): Promise<Member> => {
    return memberOf(await database.members.delete(caller.organizationId, memberId, actorIdOf(caller)))
  },
)
