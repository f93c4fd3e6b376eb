import type { NewMember } from '../../database/records/members.ts'
import { actorIdOf, type Caller } from '../../domain/access/caller.ts'
import { checkDepartments } from '../../domain/access/departments.ts'
import type { Member } from '../../domain/access/user.ts'
import { ServiceError } from '../../domain/errors.ts'
import { createId } from '../../domain/ids.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { checkEmail, checkRole } from './check-member.ts'
import { managedByProvider, noAdmin } from './member-errors.ts'

/** Member to add: either `email` or `userId` is set. */
export interface NewMemberInput {
  readonly email: string | null
  readonly userId: string | null
  readonly role: string
  readonly departments: readonly string[]
}

/** Limit of members and invitations of one organization. */
const MAX_MEMBERS = 10_000

/**
 * Adds a user, or invites an address: the first user who signs in with it, verified by the provider, becomes the member.
 * Throws VALIDATION_ERROR, MEMBER_EXISTS, ORGANIZATION_NOT_FOUND, MEMBERS_MANAGED_BY_PROVIDER, and
 * INSUFFICIENT_PERMISSIONS when the caller has lost its rights since its request began.
 */
export const addMember = defineOperation(
  { action: 'addMember', kind: 'change', scope: 'admin', targetOf: (_input, member) => member?.id ?? null },
  async (
    { database, tokenVerifier, now }: Pick<Context, 'database' | 'tokenVerifier' | 'now'>,
    caller: Caller,
    input: NewMemberInput,
  ): Promise<Member> => {
    if (tokenVerifier?.managesMembers) throw managedByProvider()
    const { organizationId } = caller
    const member = toNewMember(caller, input, now())
    const outcome = await database.members.add(organizationId, member, MAX_MEMBERS)
    switch (outcome.kind) {
      case 'added':
        return outcome.member
      case 'exists':
        throw new ServiceError('MEMBER_EXISTS', 'the user is a member already, or invited')
      case 'no-admin':
        throw noAdmin()
      case 'no-user':
        throw invalidValue('user_id', 'invalid', 'must be the id of a user who has signed in', input.userId)
      case 'no-organization':
        throw new ServiceError('ORGANIZATION_NOT_FOUND', `there is no organization ${organizationId}`)
      case 'too-many':
        throw invalidValue('email', 'too_many', `is refused: an organization can have ${MAX_MEMBERS} members`)
    }
  },
)

function toNewMember(caller: Caller, input: NewMemberInput, createdAtMs: number): NewMember {
  const { email, userId, role, departments } = input
  if ((email === null) === (userId === null))
    throw invalidValue('email', 'missing', 'or user_id must be given, and not both')
  return {
    id: createId('mem'),
    userId,
    email: email === null ? null : checkEmail(email),
    role: checkRole(role),
    departments: checkDepartments(departments, 'departments'),
    addedBy: actorIdOf(caller),
    createdAtMs,
  }
}
