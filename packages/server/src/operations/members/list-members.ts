import type { MemberPage } from '../../database/records/members.ts'
import type { Caller } from '../../domain/access/caller.ts'
import { isId } from '../../domain/ids.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

export interface ListMembersInput {
  /** Id of the last member of the page before; null for the first page. */
  readonly after: string | null
  readonly limit: number
}

/** Lists members and invitations, oldest first. Throws VALIDATION_ERROR for a cursor that is not an id. */
export const listMembers = defineOperation(
  { action: 'listMembers', kind: 'read', scope: 'admin' },
  async (
    { database }: Pick<Context, 'database'>,
    { organizationId }: Caller,
    { after, limit }: ListMembersInput,
  ): Promise<MemberPage> => {
    if (after !== null && !isId(after))
      throw invalidValue('after', 'invalid', 'must be a cursor of an earlier page', after)
    return database.members.list(organizationId, { after, limit })
  },
)
