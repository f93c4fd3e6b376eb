import { randomUUID } from 'node:crypto'
import { ServiceError } from '../errors.ts'
import { type ApiKey, hasScope, type KeyStamp, type Scope, stampOf } from './api-key.ts'
import { type Membership, type Role, scopesOf, type User } from './user.ts'

/** Party that performs an operation. Each protocol identifies its callers in its own way, unknown to operations. */
export interface Caller<OrganizationId extends string | null = string> {
  /** Organization that the operation works on; null for the installation. */
  readonly organizationId: OrganizationId
  readonly actor: Actor
  readonly scopes: readonly Scope[]
  readonly request: RequestFacts
}

export type Actor =
  | { readonly kind: 'key'; readonly id: string; readonly generation: number }
  /** Person with a token. The role is null outside of an organization. */
  | {
      readonly kind: 'user'
      readonly id: string
      readonly role: Role | null
      /** End of the token, after which nothing goes on for the user. */
      readonly tokenExpiresAtMs: number
    }
  /** Person or program at the command line, or the first start of a server. */
  | { readonly kind: 'operator' }
  /** Periodic job of a server, such as `sweep`. It has the rights of the operator. */
  | { readonly kind: 'job'; readonly name: string }
  /** Client with a URL as its credential. The URL permits one kind of operation on one file, and names no client. */
  | { readonly kind: UrlCredential; readonly fileId: string }
  /** Client without a known credential. It appears only in refusals. */
  | { readonly kind: 'unknown' }

/** URLs that are credentials: the upload URL of one session, the download URL and the share links of one file. */
export type UrlCredential = 'session-uri' | 'download-url' | 'share-link'

/** Facts of the caller's request for the audit. */
export interface RequestFacts {
  readonly traceId: string
  /** Address of the client; null for the command line, for jobs, and when it is unknown. */
  readonly clientAddress: string | null
}

/**
 * Permission that an operation requires: a scope of a key, the operator, or a URL that is the credential. Null admits
 * every key of the organization. Jobs have the permissions of the operator.
 */
export type RequiredScope = Scope | 'operator' | UrlCredential | null

/** Returns true for an operation whose callers have a URL and no key. */
export function isUrlCredential(scope: string | null): scope is UrlCredential {
  return scope === 'session-uri' || scope === 'download-url' || scope === 'share-link'
}

export function callerOfKey(key: ApiKey, request: RequestFacts): Caller {
  const { id, organizationId, scopes, generation } = key
  return { organizationId, actor: { kind: 'key', id, generation }, scopes, request }
}

/** Returns the user as the caller of an operation on the organization of the membership; of none when it is null. */
export function callerOfUser<M extends Membership | null>(
  { user, tokenExpiresAtMs }: { readonly user: Pick<User, 'id'>; readonly tokenExpiresAtMs: number },
  membership: M,
  request: RequestFacts,
): Caller<M extends null ? null : string> {
  const role = membership?.role ?? null
  const organizationId = (membership?.organizationId ?? null) as M extends null ? null : string
  return {
    organizationId,
    actor: { kind: 'user', id: user.id, role, tokenExpiresAtMs },
    scopes: role === null ? [] : scopesOf(role),
    request,
  }
}

/** Returns the caller whose credential is a URL for the file, or for the upload of the file. */
export function callerOfUrl(
  kind: UrlCredential,
  { organizationId, fileId }: { readonly organizationId: string; readonly fileId: string },
  request: RequestFacts,
): Caller {
  return { organizationId, actor: { kind, fileId }, scopes: [], request }
}

/** Returns the operator as the caller of an operation on an organization; on the installation when the id is null. */
export function operatorCaller<OrganizationId extends string | null>(
  organizationId: OrganizationId,
): Caller<OrganizationId> {
  const request = { traceId: randomUUID(), clientAddress: null }
  return { organizationId, actor: { kind: 'operator' }, scopes: [], request }
}

/** Returns the caller of one run of a job, which works on the installation. */
export function jobCaller(name: string): Caller<null> {
  const request = { traceId: randomUUID(), clientAddress: null }
  return { organizationId: null, actor: { kind: 'job', name }, scopes: [], request }
}

/** Returns the stamp for sessions and links that the caller's key creates; null for a caller without a key. */
export function keyStampOf({ actor }: Pick<Caller, 'actor'>): KeyStamp | null {
  return actor.kind === 'key' ? stampOf(actor) : null
}

/** Returns the id of the caller's key; null for a caller without a key. */
export function keyIdOf({ actor }: Pick<Caller, 'actor'>): string | null {
  return actor.kind === 'key' ? actor.id : null
}

/** Returns the id of the user; null for a caller that is none. */
export function userIdOf({ actor }: Pick<Caller, 'actor'>): string | null {
  return actor.kind === 'user' ? actor.id : null
}

/** Returns the id of the caller's key or user; null for others. */
export function actorIdOf(caller: Pick<Caller, 'actor'>): string | null {
  return keyIdOf(caller) ?? userIdOf(caller)
}

/** Throws ORGANIZATION_ACCESS_DENIED for another organization, without a hint of whether it exists. */
export function checkOrganization({ organizationId }: Caller, requestedId: string): void {
  if (organizationId === requestedId) return
  throw new ServiceError('ORGANIZATION_ACCESS_DENIED', 'the key belongs to another organization')
}

/** Throws INSUFFICIENT_PERMISSIONS when the caller lacks the scope. The operator and jobs need none. */
export function checkScope({ actor, scopes }: Pick<Caller, 'actor' | 'scopes'>, scope: RequiredScope): void {
  if (actor.kind === 'operator' || actor.kind === 'job') return
  if (isUrlCredential(scope) || isUrlCredential(actor.kind)) {
    if (actor.kind === scope) return
    throw new ServiceError('INSUFFICIENT_PERMISSIONS', `a caller with ${actor.kind} may not do this`)
  }
  if (scope === null) return
  if (scope === 'operator')
    throw new ServiceError('INSUFFICIENT_PERMISSIONS', 'only the operator may do this')
  if (hasScope({ scopes }, scope)) return
  throw new ServiceError('INSUFFICIENT_PERMISSIONS', `the ${actor.kind} lacks the scope ${scope}`)
}

/** Throws INSUFFICIENT_PERMISSIONS when the caller's URL is for another file than the operation's target. */
export function checkTarget({ actor }: Pick<Caller, 'actor'>, target: string | null): void {
  if (!('fileId' in actor) || actor.fileId === target) return
  throw new ServiceError('INSUFFICIENT_PERMISSIONS', 'the URL is for another file')
}
