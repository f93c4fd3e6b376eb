import type { Member, Role } from '../../domain/access/user.ts'

/** Users of organizations, and invitations. */
export interface MemberRecords {
  /** Adds a user by id, or an invitation. */
  add(organizationId: string, member: NewMember, max: number): Promise<AddMemberOutcome>
  /** Lists members and invitations, oldest first. */
  list(organizationId: string, request: MemberListRequest): Promise<MemberPage>
  find(organizationId: string, memberId: string): Promise<Member | null>
  /** Returns the ids among `userIds` that are members. */
  findUserIds(organizationId: string, userIds: readonly string[]): Promise<string[]>
  update(
    organizationId: string,
    memberId: string,
    changes: MemberChanges,
    changedBy: MemberEditor,
  ): Promise<MemberOutcome>
  delete(organizationId: string, memberId: string, changedBy: MemberEditor): Promise<MemberOutcome>
}

export interface NewMember extends Pick<Member, 'id' | 'role' | 'departments' | 'createdAtMs'> {
  /** User to add; null for an invitation. */
  readonly userId: string | null
  /** Address to invite, in lower case; null for a user. */
  readonly email: string | null
  readonly addedBy: MemberEditor
}

export interface MemberListRequest {
  /** Id of a member, which may be deleted; null for the first page. */
  readonly after: string | null
  readonly limit: number
}

export interface MemberPage {
  readonly members: readonly Member[]
  readonly hasMore: boolean
}

export interface MemberChanges {
  readonly role?: Role
  readonly departments?: readonly string[]
}

/**
 * Id of the key or user that changes members; null for the operator. Whether it still has the scope `admin` is found in
 * the transaction of the change, because a request can last longer than the rights with which it began.
 */
export type MemberEditor = string | null

export type AddMemberOutcome =
  | { readonly kind: 'added'; readonly member: Member }
  | { readonly kind: 'exists' | 'no-user' | 'no-organization' | 'too-many' | 'no-admin' }

export type MemberOutcome =
  /** `member` is the changed member, or the deleted one. */
  | { readonly kind: 'changed'; readonly member: Member }
  | { readonly kind: 'not-found' | 'last-owner' | 'no-admin' }
