import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { TokenClaims } from '../../domain/access/user.ts'
import { createId } from '../../domain/ids.ts'
import { type DatabaseFixture, NOW_MS } from './fixture.conformance.ts'
import type { NewMember } from './members.ts'

const MAX = 100
/** The operator, who needs no scope. */
const OPERATOR = null

/** Tests an implementation of records/users.ts and records/members.ts. */
export function describeMemberRecords(fixture: DatabaseFixture): void {
  const users = () => fixture.database.users
  const members = () => fixture.database.members
  let nextName = 0
  const claimsOf = (changes: Partial<TokenClaims> = {}): TokenClaims => {
    const subject = `subject-${nextName++}`
    return {
      ...{ issuer: 'https://id.example.com', subject, name: 'Ada', email: `${subject}@example.com` },
      ...{ isEmailVerified: true, issuedAtMs: NOW_MS, expiresAtMs: NOW_MS + 1000, memberships: null },
      ...changes,
    }
  }
  const signIn = (claims: TokenClaims) => users().signIn(claims, createId('usr'), NOW_MS)
  const newMember = (changes: Partial<NewMember>): NewMember => ({
    ...{ id: createId('mem'), userId: null, email: null, role: 'member', departments: [] },
    ...{ addedBy: null, createdAtMs: NOW_MS },
    ...changes,
  })
  const add = async (organizationId: string, changes: Partial<NewMember>) => {
    const outcome = await members().add(organizationId, newMember(changes), MAX)
    return outcome.kind === 'added' ? outcome.member : assert.fail(outcome.kind)
  }
  const newOwner = async (organizationId: string) => {
    const { user } = await signIn(claimsOf())
    return add(organizationId, { userId: user.id, role: 'owner' })
  }
  const eventsOf = async (organizationId: string) => {
    const untilPosition = await fixture.database.events.latestPosition()
    const types = ['member.added', 'member.removed'] as const
    const { events } = await fixture.database.events.list(
      { organizationId, actorId: null, seesAll: true },
      { afterPosition: 0, untilPosition, types, limit: 100 },
    )
    return events.map(({ type, subject }) =>
      subject.kind === 'member' ? `${type} ${subject.member.email} ${subject.member.name}` : type,
    )
  }

  it('finds users by issuer and subject, and keeps what the newest token says', async () => {
    const claims = claimsOf()
    const { issuer, subject } = claims
    assert.equal(await users().findByIdentity(issuer, subject, null), null)
    const { user } = await signIn(claims)
    assert.equal(user.lastSignInAtMs, NOW_MS)
    assert.deepEqual(await users().findByIdentity(issuer, subject, null), {
      ...{ user, memberships: [], isInvited: false },
    })
    assert.equal(await users().findByIdentity('https://other.example.com', subject, null), null)
    const renamed = await signIn({ ...claims, name: 'Grace', issuedAtMs: NOW_MS + 1 })
    assert.deepEqual([renamed.user.id, renamed.user.name], [user.id, 'Grace'])
    const late = await signIn({ ...claims, name: 'Old', issuedAtMs: NOW_MS })
    assert.equal(late.user.name, 'Grace')
    assert.deepEqual((await users().find(user.id))?.user, renamed.user)
  })

  it('signs a new user in once, however many requests are the first one', async () => {
    const claims = claimsOf()
    const all = await Promise.all(Array.from({ length: 5 }, () => signIn(claims)))
    assert.equal(new Set(all.map(({ user }) => user.id)).size, 1)
  })

  it('makes invited users members, and tells it', async () => {
    const id = await fixture.newOrganization()
    const claims = claimsOf()
    const invited = await add(id, { email: claims.email, role: 'viewer', departments: ['Sales'] })
    assert.deepEqual([invited.userId, invited.joinedAtMs, await eventsOf(id)], [null, null, []])
    const { issuer, subject, email } = claims
    await signIn({ ...claims, isEmailVerified: false })
    assert.equal((await users().findByIdentity(issuer, subject, email))?.isInvited, true)
    const { user, memberships } = await signIn(claims)
    assert.deepEqual(memberships, [
      {
        ...{
          memberId: invited.id,
          organizationId: id,
          organizationName: 'Örganization',
          isOrganizationActive: true,
        },
        ...{ role: 'viewer', departments: ['Sales'] },
      },
    ])
    const member = await members().find(id, invited.id)
    assert.deepEqual([member?.userId, member?.joinedAtMs], [user.id, NOW_MS])
    assert.equal((await users().findByIdentity(issuer, subject, email))?.isInvited, false)
    assert.deepEqual(await eventsOf(id), [`member.added ${email} Ada`])
  })

  it('makes a user a member once who accepts an invitation while an administrator adds the user', async () => {
    for (let round = 0; round < 32; round++) {
      const id = await fixture.newOrganization()
      const claims = claimsOf()
      await add(id, { email: claims.email })
      const { user } = await signIn({ ...claims, isEmailVerified: false })
      const addUser = async () => {
        // Each round begins the addition at another step of the sign-in.
        for (let step = 0; step < round % 8; step++) await members().find(id, 'mem_unknown')
        return members().add(id, newMember({ userId: user.id, role: 'viewer' }), MAX)
      }
      const [signedIn, added] = await Promise.all([signIn({ ...claims, issuedAtMs: NOW_MS + 1 }), addUser()])
      const { members: present } = await members().list(id, { after: null, limit: 10 })
      assert.deepEqual(
        present.map(({ userId, role }) => [userId, role]),
        [[user.id, added.kind === 'added' ? 'viewer' : 'member']],
      )
      assert.deepEqual(
        signedIn.memberships.map(({ memberId }) => memberId),
        present.map((one) => one.id),
      )
    }
  })

  it('refuses members that exist, unknown users and organizations, and too many', async () => {
    const id = await fixture.newOrganization()
    const claims = claimsOf()
    const { user } = await signIn(claims)
    await add(id, { userId: user.id })
    const kindOf = async (organizationId: string, changes: Partial<NewMember>, max = MAX) =>
      (await members().add(organizationId, newMember(changes), max)).kind
    assert.equal(await kindOf(id, { userId: user.id }), 'exists')
    assert.equal(await kindOf(id, { email: claims.email }), 'exists')
    assert.equal(await kindOf(id, { userId: 'usr_unknown' }), 'no-user')
    assert.equal(await kindOf('org_unknown', { email: 'a@example.com' }), 'no-organization')
    assert.equal(await kindOf(id, { email: 'a@example.com' }, 1), 'too-many')
    assert.equal(await kindOf(id, { email: 'a@example.com' }), 'added')
    assert.equal(await kindOf(id, { email: 'a@example.com' }), 'exists')
    assert.deepEqual(await members().findUserIds(id, [user.id, 'usr_unknown']), [user.id])
  })

  it('lists members of one organization in pages', async () => {
    const [id, other] = [await fixture.newOrganization(), await fixture.newOrganization()]
    const added = []
    for (const email of ['a@example.com', 'b@example.com', 'c@example.com'])
      added.push(await add(id, { email }))
    const far = await add(other, { email: 'a@example.com' })
    const first = await members().list(id, { after: null, limit: 2 })
    assert.deepEqual(first, { members: added.slice(0, 2), hasMore: true })
    const after = added[1]?.id ?? ''
    assert.deepEqual(await members().list(id, { after, limit: 2 }), { members: [added[2]], hasMore: false })
    assert.equal(await members().find(id, far.id), null)
    assert.deepEqual(await members().delete(id, far.id, OPERATOR), { kind: 'not-found' })
    assert.deepEqual(await members().update(id, far.id, { role: 'viewer' }, OPERATOR), { kind: 'not-found' })
  })

  it('changes and removes members, but not the last owner', async () => {
    const id = await fixture.newOrganization()
    const { id: ADMIN } = await fixture.firstKeyOf(id)
    const owner = await newOwner(id)
    for (const editor of [OPERATOR, ADMIN, owner.userId]) {
      assert.deepEqual(await members().delete(id, owner.id, editor), { kind: 'last-owner' })
      const changed = await members().update(id, owner.id, { role: 'admin' }, editor)
      assert.deepEqual(changed, { kind: 'last-owner' })
    }
    const second = await newOwner(id)
    const changed = await members().update(
      id,
      second.id,
      { role: 'viewer', departments: ['A', 'B'] },
      OPERATOR,
    )
    assert.deepEqual(changed, {
      ...{ kind: 'changed', member: { ...second, role: 'viewer', departments: ['A', 'B'] } },
    })
    assert.equal((await members().update(id, second.id, { role: 'owner' }, ADMIN)).kind, 'changed')
    assert.equal((await members().delete(id, second.id, ADMIN)).kind, 'changed')
    assert.equal(await members().find(id, second.id), null)
    assert.equal((await eventsOf(id)).filter((event) => event.startsWith('member.removed')).length, 1)
  })

  it('finds what the editor may do in the transaction of the change', async () => {
    const [id, other] = [await fixture.newOrganization(), await fixture.newOrganization()]
    const [owner, second, stranger] = [await newOwner(id), await newOwner(id), await newOwner(other)]
    const key = await fixture.newKey(id, { scopes: ['files:read'] })
    const target = await add(id, { email: 'a@example.com' })
    const kindsFor = async (addedBy: string | null) => [
      (await members().add(id, newMember({ email: `${createId('mem')}@example.com`, addedBy }), MAX)).kind,
      (await members().update(id, target.id, { role: 'viewer' }, addedBy)).kind,
      (await members().update(id, target.id, { role: 'owner' }, addedBy)).kind,
      (await members().delete(id, (await newOwner(id)).id, addedBy)).kind,
    ]
    const none = ['no-admin', 'no-admin', 'no-admin', 'no-admin']
    assert.deepEqual(await kindsFor(key.id), none)
    assert.deepEqual(await kindsFor(stranger.userId), none)
    await members().update(id, owner.id, { role: 'admin' }, owner.userId)
    assert.deepEqual(await kindsFor(owner.userId), ['added', 'changed', 'changed', 'changed'])
    await members().update(id, owner.id, { role: 'member' }, second.userId)
    assert.deepEqual(await kindsFor(owner.userId), none)
    await members().delete(id, owner.id, second.userId)
    assert.deepEqual(await kindsFor(owner.userId), none)
    const late = { ...(await fixture.newKey(id)), createdBy: null }
    const creating = { ...late, id: createId('ak'), secretSha256: late.id }
    assert.equal(await fixture.database.apiKeys.create(id, creating, owner.userId), false)
    assert.equal(await fixture.database.apiKeys.create(id, creating, second.userId), true)
  })

  it('keeps an owner when all leave at the same time', async () => {
    const id = await fixture.newOrganization()
    const owners = [await newOwner(id), await newOwner(id), await newOwner(id)]
    const outcomes = await Promise.all(owners.map((owner) => members().delete(id, owner.id, OPERATOR)))
    const kinds = outcomes.map(({ kind }) => kind).toSorted()
    assert.deepEqual(kinds, ['changed', 'changed', 'last-owner'])
  })

  it('follows the provider with each newer token', async () => {
    const [one, two] = [await fixture.newOrganization(), await fixture.newOrganization()]
    const claims = claimsOf()
    const rolesAt = async (issuedAtMs: number, memberships: TokenClaims['memberships']) => {
      const { memberships: present } = await signIn({ ...claims, issuedAtMs, memberships })
      return Object.fromEntries(present.map(({ organizationId, role }) => [organizationId, role]))
    }
    const unknown = { organizationId: 'org_unknown', role: 'owner' } as const
    const first = [{ organizationId: one, role: 'admin' } as const, unknown]
    assert.deepEqual(await rolesAt(NOW_MS, first), { [one]: 'admin' })
    const second = [
      { organizationId: one, role: 'viewer' } as const,
      { organizationId: two, role: 'member' } as const,
    ]
    assert.deepEqual(await rolesAt(NOW_MS + 1, second), { [one]: 'viewer', [two]: 'member' })
    assert.deepEqual(await rolesAt(NOW_MS, first), { [one]: 'viewer', [two]: 'member' })
    assert.deepEqual(await rolesAt(NOW_MS + 2, []), {})
  })
}
