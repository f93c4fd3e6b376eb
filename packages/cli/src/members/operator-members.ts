import { readConfig } from '@waybill/server/config.ts'
import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import { addMember } from '@waybill/server/operations/members/add-member.ts'
import { deleteMember } from '@waybill/server/operations/members/delete-member.ts'
import { listMembers } from '@waybill/server/operations/members/list-members.ts'
import { getOrganization } from '@waybill/server/operations/organizations/get-organization.ts'
import { toMemberBody } from '@waybill/server/protocols/waybill/member-body.ts'
import type { CommandIo } from '../command-io.ts'
import { printable } from '../files/printable.ts'
import { tableText } from '../table-text.ts'
import { withDatabase } from '../with-database.ts'

interface Options {
  readonly organization: string
  readonly json?: boolean
}

export interface AddOptions extends Options {
  readonly email?: string
  readonly user?: string
  readonly role: string
  readonly departments?: readonly string[]
}

type MemberBody = ReturnType<typeof toMemberBody>

const PAGE_MEMBERS = 100

/** Invites an address, or adds a user by id. It is also how an organization gets its first owner. */
export async function add(io: CommandIo, options: AddOptions): Promise<void> {
  const { organization, email = null, user = null, role, departments = [], json } = options
  if (readConfig(io.env).oidc?.organizationClaim)
    throw new Error('OIDC_ORGANIZATION_CLAIM is set: the provider decides about members and their roles.')
  const input = { email, userId: user, role, departments }
  const added = await withDatabase(io, (context) =>
    addMember({ ...context, tokenVerifier: null }, operatorCaller(organization), input),
  )
  const member = toMemberBody(added)
  if (json) return io.print(JSON.stringify(member))
  const name = printable(member.email ?? member.user_id ?? member.id)
  io.print(
    member.state === 'invited'
      ? `Invited ${name} as ${member.role}: the first sign-in with this address accepts it.`
      : `Added ${name} as ${member.role}.`,
  )
}

/** Prints members and invitations, oldest first. */
export async function list(io: CommandIo, { organization, json }: Options): Promise<void> {
  const members = await withDatabase(io, async (context) => {
    const operator = operatorCaller(organization)
    await getOrganization(context, operator)
    const all: MemberBody[] = []
    for (let after: string | null = null; ; ) {
      const page = await listMembers(context, operator, { after, limit: PAGE_MEMBERS })
      all.push(...page.members.map(toMemberBody))
      const last = all.at(-1)
      if (!page.hasMore || last === undefined) return all
      after = last.id
    }
  })
  io.print(json ? JSON.stringify(members) : memberTable(members))
}

/** Removes a member, or withdraws an invitation. */
export async function remove(
  io: CommandIo,
  memberId: string,
  { organization, json }: Options,
): Promise<void> {
  const removed = await withDatabase(io, (context) =>
    deleteMember(context, operatorCaller(organization), memberId),
  )
  io.print(
    json ? JSON.stringify({ id: removed.id }) : `Removed ${removed.id}. Keys that the user has created stay.`,
  )
}

function memberTable(members: readonly MemberBody[]): string {
  const rows = members.map(({ id, state, role, email, user_id, name, departments }) => [
    ...[id, state, role, printable(email ?? user_id ?? ''), printable(name ?? '')],
    printable(departments.join(', ')),
  ])
  return tableText([['ID', 'STATE', 'ROLE', 'USER', 'NAME', 'DEPARTMENTS'], ...rows])
}
