import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { invalidValue } from '../../domain/invalid-value.ts'
import { readText } from '../../domain/read-values.ts'
import type { Context } from '../../operations/context.ts'
import { beginOnce, type Turn } from '../../operations/idempotency/begin-once.ts'
import { callerOf } from '../http/authenticated.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** First request with an `Idempotency-Key`; null for a request without one, and for a repeated one. */
    firstTurn: Extract<Turn, { readonly kind: 'first' }> | null
  }
}

const MAX_KEY_LENGTH = 255

/**
 * Answers a POST with the `Idempotency-Key` of an earlier one as that one. Only successful responses are kept: a refused
 * request has changed nothing, and may be corrected. Streams are not kept, so a key with `stream: true` is refused. Forms
 * are told apart by their path alone.
 */
export function honourIdempotencyKeys(app: FastifyInstance, context: Context): void {
  app.decorateRequest('firstTurn', null)

  // Neither hook is async, because that would cost every request a promise.
  app.addHook('preHandler', (request, reply, done) => {
    const header = request.headers['idempotency-key']
    if (request.method !== 'POST' || header === undefined) done()
    else begin(context, request, header).then((turn) => answer(turn, request, reply, done), done)
  })

  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.firstTurn === null) done()
    else
      end(request, reply.statusCode === 200 && typeof payload === 'string' ? payload : null).then(() =>
        done(),
      )
  })
}

async function begin(context: Context, request: FastifyRequest, header: unknown): Promise<Turn> {
  const key = readText(header, 'Idempotency-Key', MAX_KEY_LENGTH, 1)
  const { stream } = (request.body ?? {}) as { readonly stream?: unknown }
  if (stream === true)
    throw invalidValue('Idempotency-Key', 'unsupported', 'cannot be sent with stream: true')
  return beginOnce(context, callerOf(request), { key, content: contentOf(request) })
}

/** Sends the earlier response, or lets the handler make the first one. */
function answer(turn: Turn, request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (turn.kind === 'repeated') {
    reply.type('application/json; charset=utf-8').send(turn.response)
    return
  }
  request.firstTurn = turn
  done()
}

async function end({ firstTurn, log }: FastifyRequest, response: string | null): Promise<void> {
  try {
    await firstTurn?.end(response)
  } catch (error) {
    // The change is durable. A repeated request waits until the lease ends.
    log.warn({ err: error }, 'the response for an Idempotency-Key could not be stored')
  }
}

function contentOf({ method, url, body }: FastifyRequest): string {
  return `${method} ${url} ${JSON.stringify(body ?? null)}`
}
