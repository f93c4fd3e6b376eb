import type { ProvidedMembership, SignedInUser, TokenClaims } from '../../domain/access/user.ts'
import { createId } from '../../domain/ids.ts'
import type { UserRecords } from '../records/users.ts'
import { toMembership, toUser } from './member-rows.ts'
import type { Row } from './rows.ts'
import { changeRows, type Dialect, getRow, getRows, type Steps, type Transactions } from './transactions.ts'

/** Memberships of one user that are read, and invitations of one address that are accepted at a time. */
const MAX_MEMBERSHIPS = 1000

const FIND_USER = `
  SELECT users.*, members.id AS member_id, members.organization_id, members.role, members.departments,
    organizations.name AS organization_name, organizations.state AS organization_state,
    EXISTS (SELECT 1 FROM members AS invited WHERE invited.email = $invitedEmail AND invited.user_id IS NULL)
      AS is_invited
  FROM users
  LEFT JOIN members ON members.user_id = users.id
  LEFT JOIN organizations ON organizations.id = members.organization_id`
const IN_ORDER = `ORDER BY members.id LIMIT ${MAX_MEMBERSHIPS}`
const FIND_BY_IDENTITY = `${FIND_USER} WHERE users.issuer = $issuer AND users.subject = $subject ${IN_ORDER}`
const FIND_BY_ID = `${FIND_USER} WHERE users.id = $userId ${IN_ORDER}`

const INSERT = `
  INSERT INTO users (id, issuer, subject, name, email, is_email_verified, created_at_ms, last_sign_in_at_ms)
  VALUES ($id, $issuer, $subject, $name, $email, $isEmailVerified, $nowMs, 0) ON CONFLICT DO NOTHING`

const UPDATE = `
  UPDATE users SET name = $name, email = $email, is_email_verified = $isEmailVerified, last_sign_in_at_ms = $issuedAtMs
  WHERE id = $userId`

/** Users, equal on both databases. */
export function createUserStatements({ all, transact, dialect }: Transactions): UserRecords {
  return {
    findByIdentity: async (issuer, subject, invitedEmail) => {
      const rows = await all(FIND_BY_IDENTITY, { issuer, subject, invitedEmail })
      const known = toSignedInUser(rows)
      return known && { ...known, isInvited: Number(rows[0]?.is_invited) === 1 }
    },
    find: async (userId) => toSignedInUser(await all(FIND_BY_ID, { userId, invitedEmail: null })),
    signIn: (claims, newUserId, nowMs) => transact(() => signIn(dialect, claims, newUserId, nowMs)),
  }
}

function toSignedInUser(rows: readonly Row[]): SignedInUser | null {
  const [first] = rows
  if (first === undefined) return null
  return { user: toUser(first), memberships: rows.map(toMembership).filter((one) => one !== null) }
}

function* signIn(
  dialect: Dialect,
  claims: TokenClaims,
  newUserId: string,
  nowMs: number,
): Steps<SignedInUser> {
  const { issuer, subject, name, email, issuedAtMs, memberships } = claims
  const isEmailVerified = claims.isEmailVerified ? 1 : 0
  yield* changeRows(INSERT, { id: newUserId, issuer, subject, name, email, isEmailVerified, nowMs })
  const find = `SELECT * FROM users WHERE issuer = $issuer AND subject = $subject ${dialect.forUpdate}`
  const { id: userId, lastSignInAtMs } = toUser((yield* getRow(find, { issuer, subject })) ?? {})
  const isNewer = issuedAtMs > lastSignInAtMs
  if (isNewer) yield* changeRows(UPDATE, { userId, name, email, isEmailVerified, issuedAtMs })
  if (isNewer && memberships !== null) yield* followProvider(dialect, userId, memberships, nowMs)
  const acceptsInvitations = memberships === null && claims.isEmailVerified && email !== null
  if (acceptsInvitations && issuedAtMs >= lastSignInAtMs)
    yield* acceptInvitations(dialect, userId, email, nowMs)
  const signedIn = toSignedInUser(yield* getRows(FIND_BY_ID, { userId, invitedEmail: null }))
  if (signedIn === null) throw new Error('a user was deleted during the sign-in')
  return signedIn
}

function* acceptInvitations(dialect: Dialect, userId: string, email: string, nowMs: number): Steps<void> {
  const invitations = yield* getRows(
    `SELECT id, organization_id FROM members WHERE email = $email AND user_id IS NULL
     ORDER BY id LIMIT ${MAX_MEMBERSHIPS} ${dialect.forUpdate}`,
    { email },
  )
  for (const { id, organization_id } of invitations) {
    const place = { organizationId: String(organization_id), userId }
    const member = yield* getRow(FIND_MEMBER, place)
    if (member !== null) yield* changeRows('DELETE FROM members WHERE id = $id', { id: String(id) })
    else
      yield* changeRows('UPDATE members SET user_id = $userId, joined_at_ms = $nowMs WHERE id = $id', {
        ...{ id: String(id), userId, nowMs },
      })
  }
}

const FIND_MEMBER =
  'SELECT id, role FROM members WHERE organization_id = $organizationId AND user_id = $userId'

/** Makes the memberships those that the provider tells. Organizations that do not exist here are left out. */
function* followProvider(
  dialect: Dialect,
  userId: string,
  wanted: readonly ProvidedMembership[],
  nowMs: number,
): Steps<void> {
  const members = yield* getRows(
    `SELECT id, organization_id FROM members WHERE user_id = $userId ORDER BY id ${dialect.forUpdate}`,
    { userId },
  )
  for (const { id, organization_id } of members) {
    if (wanted.some(({ organizationId }) => organizationId === String(organization_id))) continue
    yield* changeRows('DELETE FROM members WHERE id = $id', { id: String(id) })
  }
  for (const { organizationId, role } of wanted) {
    const place = { organizationId, userId }
    const member = yield* getRow(FIND_MEMBER, place)
    if (member === null)
      yield* changeRows(
        `INSERT INTO members (id, organization_id, user_id, role, departments, created_at_ms, joined_at_ms)
         SELECT $id, id, $userId, $role, '[]', $nowMs, $nowMs FROM organizations WHERE id = $organizationId`,
        { ...place, id: createId('mem'), role, nowMs },
      )
    else if (member.role !== role)
      yield* changeRows('UPDATE members SET role = $role WHERE id = $id', { id: String(member.id), role })
  }
}
