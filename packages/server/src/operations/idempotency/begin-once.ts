import { hash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { NewIdempotentRequest } from '../../database/records/idempotent-requests.ts'
import { actorIdOf, type Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import type { Context } from '../context.ts'

type TurnContext = Pick<Context, 'database' | 'log' | 'now'>

/** Time for which a response is kept. */
export const IDEMPOTENCY_MS = 24 * 60 * 60 * 1000
/** Wait of a repeated request for the response of the first one. */
const WAIT_MS = 30_000
const PAUSE_MS = 100
/** Time after which a request without a response counts as abandoned: its process has ended. */
const LEASE_MS = 60_000
const RENEW_MS = LEASE_MS / 3

export interface RequestToRepeat {
  /** Idempotency key, as the client chose it. */
  readonly key: string
  /** Text that is the same for each repetition of the request, and different for other requests. */
  readonly content: string
}

export type Turn =
  /** First request with its key. The caller reports the response; null when it changed nothing. */
  | { readonly kind: 'first'; end(response: string | null): Promise<void> }
  | { readonly kind: 'repeated'; readonly response: string }

/**
 * Begins a request with an idempotency key. A repeated request gets the response of the first one, for which it waits.
 * Keys of different callers are independent. Throws VALIDATION_ERROR when the key belongs to another request, and
 * SERVICE_UNAVAILABLE when the first one takes too long.
 */
export async function beginOnce(
  context: TurnContext,
  caller: Caller,
  { key, content }: RequestToRepeat,
): Promise<Turn> {
  const { now } = context
  const { organizationId } = caller
  const { idempotentRequests } = context.database
  const keySha256 = hash('sha256', `${actorIdOf(caller)} ${key}`)
  const fingerprint = hash('sha256', content)
  const endMs = now() + WAIT_MS
  for (;;) {
    const beganAtMs = now()
    const request = { keySha256, fingerprint, beganAtMs, leaseUntilMs: beganAtMs + LEASE_MS }
    const earlier = await idempotentRequests.begin(organizationId, request, beganAtMs - IDEMPOTENCY_MS)
    if (earlier === null) return firstTurn(context, organizationId, request)
    if (earlier.fingerprint !== fingerprint)
      throw invalidValue('Idempotency-Key', 'invalid', 'belongs to another request')
    if (earlier.response !== null) return { kind: 'repeated', response: earlier.response }
    if (now() >= endMs)
      throw new ServiceError('SERVICE_UNAVAILABLE', 'the first request with this Idempotency-Key still runs')
    await delay(PAUSE_MS)
  }
}

/** Returns the turn of a first request, whose lease is renewed until its end: an answer of a model takes minutes. */
function firstTurn(
  { database: { idempotentRequests }, log, now }: TurnContext,
  organizationId: string,
  request: NewIdempotentRequest,
): Turn {
  const renew = () => {
    idempotentRequests.renew(organizationId, request, now() + LEASE_MS).catch((err: unknown) => {
      log.warn({ err }, 'the lease of an Idempotency-Key could not be renewed')
    })
  }
  const timer = setInterval(renew, RENEW_MS)
  timer.unref()
  const end = (response: string | null) => {
    clearInterval(timer)
    return response === null
      ? idempotentRequests.abandon(organizationId, request)
      : idempotentRequests.complete(organizationId, request, response)
  }
  return { kind: 'first', end }
}
