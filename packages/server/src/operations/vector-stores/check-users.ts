import type { Caller } from '../../domain/access/caller.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import type { Context } from '../context.ts'

/** Throws VALIDATION_ERROR for an id of `access_users` that is not a member of the organization. */
export async function checkUsers(
  { database }: Pick<Context, 'database'>,
  { organizationId }: Caller,
  userIds: readonly string[],
): Promise<void> {
  if (userIds.length === 0) return
  const known = new Set(await database.members.findUserIds(organizationId, userIds))
  const unknown = userIds.find((id) => !known.has(id))
  if (unknown !== undefined)
    throw invalidValue('access_users', 'invalid', 'must be users of the organization', unknown)
}
