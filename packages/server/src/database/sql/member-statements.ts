import { hasScope } from '../../domain/access/api-key.ts'
import { type Role, scopesOf } from '../../domain/access/user.ts'
import type {
  AddMemberOutcome,
  MemberChanges,
  MemberEditor,
  MemberOutcome,
  MemberRecords,
  NewMember,
} from '../records/members.ts'
import { toMember } from './member-rows.ts'
import {
  changeRows,
  type Dialect,
  getRow,
  getRows,
  type Steps,
  type Transactions,
  toJsonParameter,
} from './transactions.ts'

const SELECT = `SELECT members.*, users.name AS user_name, users.email AS user_email
  FROM members LEFT JOIN users ON users.id = members.user_id`
const FIND = `${SELECT} WHERE members.organization_id = $organizationId AND members.id = $memberId`
const LIST = `${SELECT} WHERE members.organization_id = $organizationId AND members.id > $after
  ORDER BY members.id LIMIT $limit`

const INSERT = `
  INSERT INTO members (id, organization_id, user_id, email, role, departments, added_by, created_at_ms, joined_at_ms)
  SELECT $id, $organizationId, $userId, $email, $role, $departments, $addedBy, $createdAtMs, $joinedAtMs
  WHERE (SELECT count(*) FROM members WHERE organization_id = $organizationId) < $max
  ON CONFLICT DO NOTHING`

const FIND_ADMIN_KEY = `SELECT 1 AS found FROM api_keys
  WHERE organization_id = $organizationId AND id = $editorId AND state = 'active' AND scopes LIKE '%admin%'`

/** Members, equal on both databases. */
export function createMemberStatements({ get, all, transact, dialect }: Transactions): MemberRecords {
  return {
    add: (organizationId, member, max) => transact(() => addMember(dialect, organizationId, member, max)),
    list: async (organizationId, { after, limit }) => {
      const rows = await all(LIST, { organizationId, after: after ?? '', limit: limit + 1 })
      return { members: rows.slice(0, limit).map(toMember), hasMore: rows.length > limit }
    },
    find: async (organizationId, memberId) => {
      const row = await get(FIND, { organizationId, memberId })
      return row && toMember(row)
    },
    findUserIds: async (organizationId, userIds) => {
      const rows = await all(
        `SELECT user_id FROM members WHERE organization_id = $organizationId AND ${dialect.isOneOf('user_id', '$userIds')}`,
        { organizationId, userIds: toJsonParameter(userIds) },
      )
      return rows.map(({ user_id }) => String(user_id))
    },
    update: (organizationId, memberId, changes, changedBy) =>
      transact(() => updateMember(dialect, { organizationId, memberId }, changes, changedBy)),
    delete: (organizationId, memberId, changedBy) =>
      transact(() => deleteMember(dialect, { organizationId, memberId }, changedBy)),
  }
}

interface MemberPlace {
  readonly organizationId: string
  readonly memberId: string
}

function* addMember(
  dialect: Dialect,
  organizationId: string,
  member: NewMember,
  max: number,
): Steps<AddMemberOutcome> {
  const { id, userId, email, role, departments, addedBy, createdAtMs } = member
  const organization = 'SELECT 1 FROM organizations WHERE id = $organizationId'
  if ((yield* getRow(organization, { organizationId })) === null) return { kind: 'no-organization' }
  if (!(yield* isAdmin(organizationId, addedBy))) return { kind: 'no-admin' }
  // A sign-in locks the user first too. It may make the user a member at the same time.
  const user = `SELECT 1 FROM users WHERE id = $userId ${dialect.forUpdate}`
  if (userId !== null && (yield* getRow(user, { userId })) === null) return { kind: 'no-user' }
  if (yield* isMember(organizationId, member)) return { kind: 'exists' }
  const { count } = yield* changeRows(INSERT, {
    ...{ id, organizationId, userId, email, role, addedBy, createdAtMs, max },
    departments: JSON.stringify(departments),
    joinedAtMs: userId === null ? null : createdAtMs,
  })
  if (count === 0) return { kind: (yield* isMember(organizationId, member)) ? 'exists' : 'too-many' }
  yield* addDepartments(id, departments)
  const row = yield* getRow(FIND, { organizationId, memberId: id })
  return { kind: 'added', member: toMember(row ?? {}) }
}

/** Returns true when the user is a member, or the address is invited or that of a member. */
function* isMember(organizationId: string, { userId, email }: NewMember): Steps<boolean> {
  const row =
    userId === null
      ? yield* getRow(
          `${SELECT} WHERE members.organization_id = $organizationId
             AND ((members.user_id IS NULL AND members.email = $email)
               OR (users.email = $email AND users.is_email_verified = 1))`,
          { organizationId, email },
        )
      : yield* getRow(
          'SELECT id FROM members WHERE organization_id = $organizationId AND user_id = $userId',
          { organizationId, userId },
        )
  return row !== null
}

function* updateMember(
  dialect: Dialect,
  place: MemberPlace,
  { role, departments }: MemberChanges,
  changedBy: MemberEditor,
): Steps<MemberOutcome> {
  const found = yield* findLocked(dialect, place)
  if (found === null) return { kind: 'not-found' }
  if (!(yield* isAdmin(place.organizationId, changedBy))) return { kind: 'no-admin' }
  if (found.isLastOwner && role !== undefined && role !== 'owner') return { kind: 'last-owner' }
  const { memberId } = place
  if (role !== undefined)
    yield* changeRows('UPDATE members SET role = $role WHERE id = $memberId', { memberId, role })
  if (departments !== undefined) {
    yield* changeRows('UPDATE members SET departments = $departments WHERE id = $memberId', {
      ...{ memberId, departments: JSON.stringify(departments) },
    })
    yield* changeRows('DELETE FROM member_departments WHERE member_id = $memberId', { memberId })
    yield* addDepartments(memberId, departments)
  }
  return { kind: 'changed', member: toMember((yield* getRow(FIND, { ...place })) ?? {}) }
}

function* deleteMember(dialect: Dialect, place: MemberPlace, changedBy: MemberEditor): Steps<MemberOutcome> {
  const found = yield* findLocked(dialect, place)
  if (found === null) return { kind: 'not-found' }
  if (!(yield* isAdmin(place.organizationId, changedBy))) return { kind: 'no-admin' }
  if (found.isLastOwner) return { kind: 'last-owner' }
  const member = toMember((yield* getRow(FIND, { ...place })) ?? {})
  yield* changeRows('DELETE FROM members WHERE id = $memberId', { memberId: place.memberId })
  return { kind: 'changed', member }
}

/** Returns true when the editor is the operator, or has the scope `admin` at this moment. */
function* isAdmin(organizationId: string, editorId: MemberEditor): Steps<boolean> {
  if (editorId === null) return true
  const member = yield* getRow(
    'SELECT role FROM members WHERE organization_id = $organizationId AND user_id = $editorId',
    { organizationId, editorId },
  )
  if (member !== null) return hasScope({ scopes: scopesOf(String(member.role) as Role) }, 'admin')
  return (yield* getRow(FIND_ADMIN_KEY, { organizationId, editorId })) !== null
}

/** Locks the member and all owners, so that no two changes remove the last two owners at the same time. */
function* findLocked(
  dialect: Dialect,
  { organizationId, memberId }: MemberPlace,
): Steps<{ readonly isLastOwner: boolean } | null> {
  const rows = yield* getRows(
    `SELECT id, role, user_id FROM members WHERE organization_id = $organizationId
       AND (id = $memberId OR (role = 'owner' AND user_id IS NOT NULL))
     ORDER BY id ${dialect.forUpdate}`,
    { organizationId, memberId },
  )
  const member = rows.find(({ id }) => id === memberId)
  if (member === undefined) return null
  const owners = rows.filter(({ role, user_id }) => role === 'owner' && user_id !== null)
  return { isLastOwner: owners.length === 1 && owners[0] === member }
}

function* addDepartments(memberId: string, departments: readonly string[]): Steps<void> {
  for (const department of departments)
    yield* changeRows(
      'INSERT INTO member_departments (member_id, department) VALUES ($memberId, $department) ON CONFLICT DO NOTHING',
      { memberId, department },
    )
}
