import { checkDepartments } from '../access/departments.ts'
import { invalidValue } from '../invalid-value.ts'

/** Callers that see and use a store: all of the organization, members of departments, or its creator and named users. */
export const ACCESS_MODES = ['organization', 'public', 'department', 'private'] as const
export type AccessMode = (typeof ACCESS_MODES)[number]

/** Rule for the callers that see and use a store, beside its creator, admins and owners. */
export interface StoreAccess {
  /** `public` is the same as `organization`: nothing is readable without a key. */
  readonly accessMode: AccessMode
  /** Departments whose members have access; empty unless the mode is `department`. */
  readonly accessDepartments: readonly string[]
  /** Ids of users who have access; empty unless the mode is `private`. */
  readonly accessUsers: readonly string[]
}

const MAX_USERS = 100

/** Returns the access after a change. Lists that the new mode does not have are emptied, unless they are given. */
export function changedAccess(access: StoreAccess, change: Partial<StoreAccess>): StoreAccess {
  const accessMode = change.accessMode ?? access.accessMode
  return {
    accessMode,
    accessDepartments:
      change.accessDepartments ?? (accessMode === 'department' ? access.accessDepartments : []),
    accessUsers: change.accessUsers ?? (accessMode === 'private' ? access.accessUsers : []),
  }
}

/** Returns the access without repetitions. Throws VALIDATION_ERROR for lists that the mode does not have. */
export function checkAccess({ accessMode, accessDepartments, accessUsers }: StoreAccess): StoreAccess {
  const departments = checkDepartments(accessDepartments, 'access_departments')
  const users = [...new Set(accessUsers)]
  if (accessMode !== 'department' && departments.length > 0)
    throw invalidValue('access_departments', 'invalid', 'needs the access mode department')
  if (accessMode === 'department' && departments.length === 0)
    throw invalidValue('access_departments', 'too_few', 'must name a department')
  if (accessMode !== 'private' && users.length > 0)
    throw invalidValue('access_users', 'invalid', 'needs the access mode private')
  if (users.length > MAX_USERS)
    throw invalidValue('access_users', 'too_many', `must have at most ${MAX_USERS} users`)
  return { accessMode, accessDepartments: departments, accessUsers: users }
}
