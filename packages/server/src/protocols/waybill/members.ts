import { addMember } from '../../operations/members/add-member.ts'
import { deleteMember } from '../../operations/members/delete-member.ts'
import { getMember } from '../../operations/members/get-member.ts'
import { listMembers } from '../../operations/members/list-members.ts'
import { updateMember } from '../../operations/members/update-member.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { nullable, object } from '../http/json-schema.ts'
import { URLS } from '../urls.ts'
import { Departments, MemberBody, Role, toMemberBody } from './member-body.ts'
import { OrganizationParams } from './shapes.ts'
import { Id } from './vector-store-shapes.ts'

const MemberParams = object({
  ...OrganizationParams.properties,
  member_id: { type: 'string', description: 'The `id` of the member.' },
})

const NewDepartments = { ...Departments, maxItems: 100 } as const

const list = endpoint(
  {
    operation: listMembers,
    method: 'GET',
    path: URLS.members,
    tag: 'Members',
    summary: 'List members and invitations, oldest first',
    params: OrganizationParams,
    query: object(
      { limit: { type: 'integer', minimum: 1, maximum: 100, default: 50 } },
      { after: { ...Id, description: 'The `next_cursor` of the page before.' } },
    ),
    responses: {
      200: {
        description: 'A page of members.',
        body: object({
          members: { type: 'array', items: MemberBody },
          has_more: { type: 'boolean' },
          next_cursor: nullable(
            { type: 'string' },
            'The value of `after` for the next page; null on the last page.',
          ),
        }),
      },
    },
    errors: ['VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const { limit, after = null } = request.query
      const page = await listMembers(context, callerOf(request), { limit, after })
      const members = page.members.map(toMemberBody)
      return {
        members,
        has_more: page.hasMore,
        next_cursor: page.hasMore ? (members.at(-1)?.id ?? null) : null,
      }
    },
)

const add = endpoint(
  {
    operation: addMember,
    method: 'POST',
    path: URLS.members,
    tag: 'Members',
    summary: 'Add a user, or invite an e-mail address',
    description:
      'Send `email` or `user_id`. Who signs in with the invited address, verified by the provider, becomes the member. The ' +
      'service sends no mail. With `OIDC_ORGANIZATION_CLAIM`, the provider decides about members instead.',
    params: OrganizationParams,
    body: object(
      { role: Role },
      {
        email: nullable(
          { type: 'string', maxLength: 254, examples: ['ada@example.com'] },
          'The address to invite.',
        ),
        user_id: nullable(Id, 'The id of a user who has signed in.'),
        departments: NewDepartments,
      },
    ),
    responses: { 201: { description: 'The member, or the invitation.', body: MemberBody } },
    errors: ['MEMBER_EXISTS', 'MEMBERS_MANAGED_BY_PROVIDER'],
  },
  ({ context }) =>
    async (request, reply) => {
      const { email = null, user_id: userId = null, role, departments = [] } = request.body
      const member = await addMember(context, callerOf(request), { email, userId, role, departments })
      return reply.code(201).send(toMemberBody(member))
    },
)

const get = endpoint(
  {
    operation: getMember,
    method: 'GET',
    path: URLS.member,
    tag: 'Members',
    summary: 'Get a member or an invitation',
    params: MemberParams,
    responses: { 200: { description: 'The member.', body: MemberBody } },
    errors: ['MEMBER_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) =>
      toMemberBody(await getMember(context, callerOf(request), request.params.member_id)),
)

const update = endpoint(
  {
    operation: updateMember,
    method: 'PATCH',
    path: URLS.member,
    tag: 'Members',
    summary: 'Change the role or the departments of a member',
    description:
      'Absent fields do not change. Requests that begin later have the new role. One owner always stays.',
    params: MemberParams,
    body: { type: 'object', properties: { role: Role, departments: NewDepartments }, minProperties: 1 },
    responses: { 200: { description: 'The changed member.', body: MemberBody } },
    errors: ['MEMBER_NOT_FOUND', 'LAST_OWNER', 'MEMBERS_MANAGED_BY_PROVIDER'],
  },
  ({ context }) =>
    async (request) => {
      const input = { ...request.body, memberId: request.params.member_id }
      return toMemberBody(await updateMember(context, callerOf(request), input))
    },
)

const remove = endpoint(
  {
    operation: deleteMember,
    method: 'DELETE',
    path: URLS.member,
    tag: 'Members',
    summary: 'Remove a member, or withdraw an invitation',
    description:
      'Later requests of the user are refused, also with tokens that are still valid. Keys that the user has created stay.',
    params: MemberParams,
    responses: { 204: { description: 'The member is removed.' } },
    errors: ['MEMBER_NOT_FOUND', 'LAST_OWNER'],
  },
  ({ context }) =>
    async (request, reply) => {
      await deleteMember(context, callerOf(request), request.params.member_id)
      return reply.code(204).send()
    },
)

export const MEMBERS = [list, add, get, update, remove]
