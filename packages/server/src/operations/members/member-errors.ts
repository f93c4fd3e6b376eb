import type { MemberOutcome } from '../../database/records/members.ts'
import type { Member } from '../../domain/access/user.ts'
import { ServiceError } from '../../domain/errors.ts'

/** Returns the changed or deleted member. Throws MEMBER_NOT_FOUND, LAST_OWNER, INSUFFICIENT_PERMISSIONS. */
export function memberOf(outcome: MemberOutcome): Member {
  switch (outcome.kind) {
    case 'changed':
      return outcome.member
    case 'not-found':
      throw memberNotFound()
    case 'no-admin':
      throw noAdmin()
    case 'last-owner':
      throw new ServiceError('LAST_OWNER', 'the member is the only owner of the organization')
  }
}

export function memberNotFound(): ServiceError {
  return new ServiceError('MEMBER_NOT_FOUND', 'there is no such member')
}

/** Error of a caller that has lost its rights since its request began. */
export function noAdmin(): ServiceError {
  return new ServiceError('INSUFFICIENT_PERMISSIONS', 'the caller may not change members any more')
}

export function managedByProvider(): ServiceError {
  return new ServiceError('MEMBERS_MANAGED_BY_PROVIDER', 'the claims of the provider decide about members')
}
