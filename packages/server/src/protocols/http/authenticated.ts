import type { FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify'
import {
  type Caller,
  callerOfUser,
  checkOrganization,
  checkScope,
  type RequiredScope,
} from '../../domain/access/caller.ts'
import { callerFor, type Identity } from '../../domain/access/identity.ts'
import { ServiceError } from '../../domain/errors.ts'
import { authenticate } from '../../operations/access/authenticate.ts'
import { authenticateUser, isToken } from '../../operations/access/authenticate-user.ts'
import { ADMISSION_MS } from '../../operations/access/hold-admission.ts'
import type { Context } from '../../operations/context.ts'
import { requestFacts } from './client-address.ts'
import './rate-limits.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * Caller with the request's key, in any state, or the user with its token; set when the route requires one. A user has
     * no organization until it is known which one the request is for.
     */
    caller: Caller<string | null> | null
    /** Client of the request; set when its credential is valid. */
    identity: Identity | null
    /** Time of `performance.now()` at which the identity was found. */
    identifiedAtMs: number | null
  }
}

/**
 * Returns an `onRequest` hook that admits requests with a valid key or token. The key must belong to the organization in
 * the path, or the user be a member of it, with the scope (null: any) and within the rate limit. The hook runs before the
 * body is read, so that a request with a wrong key costs little.
 */
export function requireScope(context: Context, scope: RequiredScope): Admission {
  return admitTo(context, scope, ({ params }) => (params as { organization_id: string }).organization_id)
}

/** Hook that admits a request, or throws the error of its refusal. */
export type Admission = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/**
 * Returns a `preHandler` hook that admits a request again when its body has taken long: the limits of bodies let a client
 * wait for up to two minutes, in which the key or user may lose its rights. Operations that read a body by
 * themselves check at its end, see `holdAdmission`.
 */
export function admitSlowBody(admit: Admission): preHandlerHookHandler {
  // Not async, because that would cost every request a promise.
  return (request, reply, done) => {
    const { identifiedAtMs } = request
    if (identifiedAtMs === null || performance.now() - identifiedAtMs < ADMISSION_MS) return done()
    admit(request, reply).then(() => done(), done)
  }
}

/** Returns an admission to the organization that the request names; null stands for that of the key, or the only one of the user. */
export function admitTo(
  context: Context,
  scope: RequiredScope,
  organizationOf: (request: FastifyRequest) => string | null,
): Admission {
  return async (request, reply) => {
    const identity = await identify(context, request, reply)
    const caller = callerFor(identity, organizationOf(request))
    request.caller = caller
    checkScope(caller, scope)
  }
}

/** Returns the client of the request. Throws when the key or token is not valid, or beyond its rate limit. */
export async function identify(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Identity> {
  const identity = await authenticateRequest(context, request, reply)
  request.identity = identity
  request.identifiedAtMs = performance.now()
  await request.server.rateLimits.countRequest(request, reply)
  return identity
}

/** Returns the caller of a request that was admitted to an organization. */
export function callerOf({ caller, url }: Pick<FastifyRequest, 'caller' | 'url'>): Caller {
  if (caller !== null && isInOrganization(caller)) return caller
  throw new Error(`the route of ${url.split('?', 1)[0]} requires no key`)
}

/** Returns the caller of a request whose body may name the organization; null stands for one that does not. */
export function callerNamed(request: FastifyRequest, organizationId: string | null): Caller {
  const { caller, identity } = request
  if (caller !== null && isInOrganization(caller)) {
    if (organizationId !== null) checkOrganization(caller, organizationId)
    return caller
  }
  if (identity === null) throw new Error('the route requires no key')
  const named = callerFor(identity, organizationId)
  request.caller = named
  return named
}

function isInOrganization(caller: Caller<string | null>): caller is Caller {
  return caller.organizationId !== null
}

/**
 * Authenticates the request. Sets the caller of a known key before the key's state is checked, so that the audit names
 * the key in a refusal. Only wrong credentials count against their address: several clients may share it, and valid ones
 * always pass.
 */
async function authenticateRequest(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Identity> {
  const facts = requestFacts(request)
  try {
    const { secret, isBearer } = credentialOf(request)
    if (isBearer && secret !== null && isToken(context, secret)) {
      const user = await authenticateUser(context, secret, facts)
      request.caller = callerOfUser(user, null, facts)
      return { kind: 'user', user, request: facts }
    }
    const caller = await authenticate(context, secret, facts, (known) => {
      request.caller = known
    })
    return { kind: 'key', caller }
  } catch (error) {
    const isWrong =
      error instanceof ServiceError && (error.code === 'INVALID_API_KEY' || error.code === 'TOKEN_INVALID')
    if (isWrong) await request.server.rateLimits.countWrongKey(request, reply)
    throw error
  }
}

interface Credential {
  readonly secret: string | null
  /** True for the scheme Bearer, which has keys and tokens. */
  readonly isBearer: boolean
}

function credentialOf({ headers }: FastifyRequest): Credential {
  const apiKey = headers['x-api-key']
  if (typeof apiKey === 'string' && apiKey !== '') return { secret: apiKey, isBearer: false }
  return { secret: /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null, isBearer: true }
}
