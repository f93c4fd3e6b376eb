import type { Scope } from './api-key.ts'

/** Person who signs in with the OpenID Connect provider. The claims are those of the newest known token. */
export interface User {
  /** `usr_…`. */
  readonly id: string
  /** Issuer and subject identify the person; an address can pass to another one. */
  readonly issuer: string
  readonly subject: string
  readonly name: string | null
  readonly email: string | null
  readonly isEmailVerified: boolean
  readonly createdAtMs: number
  /** Time at which the newest known token was issued. */
  readonly lastSignInAtMs: number
}

/** Roles of a member, from the most to the fewest permissions. */
export const ROLES = ['owner', 'admin', 'member', 'viewer'] as const
export type Role = (typeof ROLES)[number]

/** Permissions of the roles. Operations check scopes; `owner` differs from `admin` only in that one owner stays. */
const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  owner: ['files:read', 'files:write', 'vector_stores:read', 'vector_stores:write', 'models:use', 'admin'],
  admin: ['files:read', 'files:write', 'vector_stores:read', 'vector_stores:write', 'models:use', 'admin'],
  member: ['files:read', 'files:write', 'vector_stores:read', 'vector_stores:write', 'models:use'],
  viewer: ['files:read', 'vector_stores:read'],
}

export function scopesOf(role: Role): readonly Scope[] {
  return ROLE_SCOPES[role]
}

export function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text)
}

/** User of an organization, or an invitation. */
export interface Member {
  /** `mem_…`. */
  readonly id: string
  readonly organizationId: string
  /** User; null until somebody signs in with the invited address. */
  readonly userId: string | null
  /** Address of the user; of an invitation, the invited address in lower case. */
  readonly email: string | null
  readonly name: string | null
  readonly role: Role
  /** Names of the member's departments, which may use vector stores of these departments. */
  readonly departments: readonly string[]
  readonly createdAtMs: number
  readonly joinedAtMs: number | null
}

/** Organization of a user, with what the user may do there. */
export interface Membership {
  readonly memberId: string
  readonly organizationId: string
  readonly organizationName: string
  /** False when the operator has suspended the organization. */
  readonly isOrganizationActive: boolean
  readonly role: Role
  readonly departments: readonly string[]
}

/** Person with a valid token, as the records know them. */
export interface SignedInUser {
  readonly user: User
  readonly memberships: readonly Membership[]
}

/** Facts that a valid token says about its user. */
export interface TokenClaims {
  readonly issuer: string
  readonly subject: string
  readonly name: string | null
  readonly email: string | null
  readonly isEmailVerified: boolean
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  /** Memberships as the provider tells them; null when members are managed here. */
  readonly memberships: readonly ProvidedMembership[] | null
}

export interface ProvidedMembership {
  readonly organizationId: string
  readonly role: Role
}

const MAX_EMAIL_LENGTH = 254
const EMAIL = /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u

/** Other letters whose lower case is an ASCII letter: an address with one would become that of another person. */
const FOLDS_TO_ASCII = /[\u0130\u212a]/u

/** Returns an address in the form in which addresses are compared; null when it has not the form of one. */
export function parseEmail(text: string): string | null {
  if (FOLDS_TO_ASCII.test(text)) return null
  const email = text.trim().toLowerCase()
  return email.length <= MAX_EMAIL_LENGTH && EMAIL.test(email) ? email : null
}
