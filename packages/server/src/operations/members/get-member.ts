import type { Caller } from '../../domain/access/caller.ts'
import type { Member } from '../../domain/access/user.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { memberNotFound } from './member-errors.ts'

/** Returns a member or an invitation. Throws MEMBER_NOT_FOUND, also for another organization's member. */
export const getMember = defineOperation(
  { action: 'getMember', kind: 'read', scope: 'admin', targetOf: (memberId) => memberId },
  async (
    { database }: Pick<Context, 'database'>,
    { organizationId }: Caller,
    memberId: string,
  ): Promise<Member> => {
    const member = await database.members.find(organizationId, memberId)
    if (member === null) throw memberNotFound()
    return member
  },
)
