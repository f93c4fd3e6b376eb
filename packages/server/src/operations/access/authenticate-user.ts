import { callerOfUser, type RequestFacts } from '../../domain/access/caller.ts'
import type { AuthenticatedUser } from '../../domain/access/identity.ts'
import type { Membership, TokenClaims } from '../../domain/access/user.ts'
import { ServiceError } from '../../domain/errors.ts'
import { createId } from '../../domain/ids.ts'
import type { Context } from '../context.ts'

/** Form of a signed token in compact serialization (RFC 7515 section 7.1), which no key has. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]*$/

/** Returns true for a text that is verified as a token of a user. */
export function isToken({ tokenVerifier }: Pick<Context, 'tokenVerifier'>, text: string): boolean {
  return tokenVerifier !== null && TOKEN.test(text)
}

/**
 * Returns the user of a token with the present memberships. The first request with a newer token is the user's sign-in: it
 * renews name and address, accepts invitations, and is in the audit if it changes memberships. Throws TOKEN_INVALID, TOKEN_EXPIRED and SERVICE_UNAVAILABLE.
 */
export async function authenticateUser(
  context: Pick<Context, 'tokenVerifier' | 'database' | 'audit' | 'now'>,
  token: string,
  request: RequestFacts,
): Promise<AuthenticatedUser> {
  const { tokenVerifier, database, now } = context
  if (tokenVerifier === null) throw new ServiceError('TOKEN_INVALID', 'this service accepts no tokens')
  const claims = await tokenVerifier.verify(token)
  const { issuer, subject, issuedAtMs, expiresAtMs: tokenExpiresAtMs } = claims
  const known = await database.users.findByIdentity(issuer, subject, invitedEmail(claims))
  const isKnown = known !== null && issuedAtMs <= known.user.lastSignInAtMs
  // An older token says nothing about the present address.
  if (isKnown && !(known.isInvited && issuedAtMs === known.user.lastSignInAtMs))
    return { user: known.user, memberships: known.memberships, tokenExpiresAtMs }
  const present = await database.users.signIn(claims, createId('usr'), now())
  const user = { ...present, tokenExpiresAtMs }
  await recordChanges(context, user, known?.memberships ?? [], request)
  return user
}

/** Records the memberships that a sign-in began, changed or ended, each in its organization. */
async function recordChanges(
  { audit }: Pick<Context, 'audit'>,
  user: AuthenticatedUser,
  before: readonly Membership[],
  request: RequestFacts,
): Promise<void> {
  const isIn = (all: readonly Membership[]) => (one: Membership) =>
    all.some(({ memberId, role }) => memberId === one.memberId && role === one.role)
  const after = user.memberships
  const gone = before.filter((one) => !after.some(({ memberId }) => memberId === one.memberId))
  for (const membership of [...after.filter((one) => !isIn(before)(one)), ...gone]) {
    const caller = callerOfUser(user, membership, request)
    await audit.recordChange(caller, { action: 'signIn', target: membership.memberId })
  }
}

function invitedEmail({ email, isEmailVerified, memberships }: TokenClaims): string | null {
  return isEmailVerified && memberships === null ? email : null
}
