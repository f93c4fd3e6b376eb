import type { Api, CallOptions } from './api.ts'
import type {
  AddMemberBody,
  ListMembersAnswer,
  ListMembersQuery,
  Member,
  UpdateMemberBody,
} from './api-types.ts'
import { type Listed, listed, nextAfter } from './pages.ts'

/** Users of the organization, and invitations. All operations need the scope `admin`. */
export interface Members {
  /** Lists members and invitations, oldest first. */
  list(query?: ListMembersQuery, options?: CallOptions): Listed<Member, ListMembersAnswer>
  get(memberId: string, options?: CallOptions): Promise<Member>
  /** Adds a user by `user_id`, or invites an `email` address. The service sends no mail. */
  add(body: AddMemberBody, options?: CallOptions): Promise<Member>
  update(memberId: string, body: UpdateMemberBody, options?: CallOptions): Promise<Member>
  remove(memberId: string, options?: CallOptions): Promise<void>
}

export function createMembers({ call }: Api): Members {
  const path = '/members'
  const pathOf = (memberId: string) => `${path}/${encodeURIComponent(memberId)}`
  return {
    list: (query = {}, options) =>
      listed(
        query,
        (page) => call<ListMembersAnswer>({ method: 'GET', path, query: page }, options),
        ({ members }) => members,
        nextAfter,
      ),
    get: (memberId, options) => call({ method: 'GET', path: pathOf(memberId) }, options),
    add: (json, options) => call({ method: 'POST', path, json }, options),
    update: (memberId, json, options) => call({ method: 'PATCH', path: pathOf(memberId), json }, options),
    remove: (memberId, options) => call({ method: 'DELETE', path: pathOf(memberId) }, options),
  }
}
