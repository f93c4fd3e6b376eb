import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import type { TrustsProxy } from '../../domain/access/trusted-proxies.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../../operations/context.ts'
import { requestFacts } from '../http/client-address.ts'
import { isFault } from '../http/error-status.ts'
import { recordRefusal } from '../http/record-refusal.ts'
import { NO_BYTES, sendBlocks } from '../http/send-blocks.ts'
import { type AdmittedRequest, admitRequest } from './admit-request.ts'
import { findAction } from './find-action.ts'
import { placeOfHost } from './host-name.ts'
import { isEarly, lateBody } from './late-answer.ts'
import { mayTakeLong, performAction } from './perform-action.ts'
import { isProblem, problem, type S3Problem } from './problem.ts'
import { answerError, answerProblem, type S3ErrorAnswer } from './render-error.ts'
import type { S3Answer } from './s3-answer.ts'
import { createSigningKeys } from './signing-keys.ts'
import { errorXml } from './xml/error-document.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Request after the check of its signature, or the reason of its refusal; null before. */
    s3: AdmittedRequest | S3Problem | null
  }
}

const XML = { 'content-type': 'application/xml' }

/** Refusals that count against the address of the client, as wrong keys. */
const WRONG_KEYS: ReadonlySet<string> = new Set(['SignatureDoesNotMatch', 'InvalidAccessKeyId'])

export interface S3RouteOptions {
  readonly context: Context
  /** Path of every request as the router sees it. */
  readonly path: string
  /** Host name of S3, whose subdomains are buckets; null when only paths name buckets. */
  readonly hostName: string | null
  readonly isProxy: TrustsProxy
}

/** Mounts the route of all requests of S3. */
export function s3Route({ context, path, hostName, isProxy }: S3RouteOptions): FastifyPluginCallback {
  const signingKeys = createSigningKeys()

  /** Runs before the body is read, so that a request with a wrong signature costs little. */
  const admit = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { raw, originalUrl: url, server } = request
    const forwardedHost = isProxy(raw.socket.remoteAddress ?? '', 0) ? forwardedHostOf(request) : null
    const place = hostName && placeOfHost(forwardedHost ?? raw.headers.host, hostName)
    const hostBucket = place ? place.bucket : null
    const head = { raw, url, hostBucket, forwardedHost, facts: requestFacts(request) }
    try {
      request.s3 = await admitRequest(context, signingKeys, head, (caller) => {
        request.caller = caller
      })
    } catch (error) {
      const isWrongKey = error instanceof ServiceError && error.code === 'INVALID_API_KEY'
      if (isWrongKey) await server.rateLimits.countWrongKey(request, reply)
      throw error
    }
    if (!isProblem(request.s3)) await server.rateLimits.countRequest(request, reply)
    else if (WRONG_KEYS.has(request.s3.code)) await server.rateLimits.countWrongKey(request, reply)
  }

  return (app, _options, done) => {
    app.decorateRequest('s3', null)
    app.setNotFoundHandler((request, reply) => {
      const refusal = problem('MethodNotAllowed', '')
      return sendRefusal(context, request, reply, answerProblem(refusal))
    })
    app.route({
      method: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
      url: path,
      config: { action: 's3Request' },
      onRequest: admit,
      handler: async (request, reply) => {
        const { s3 } = request
        if (s3 === null) throw new Error('the request was not admitted')
        const readBody = () => app.bodies.read(request, (bytes) => Buffer.from(bytes))
        if (isProblem(s3)) return sendRefusal(context, request, reply, answerProblem(s3))
        const action = findAction(s3.method, s3.target, s3.headers)
        if (isProblem(action)) return sendRefusal(context, request, reply, answerProblem(action))
        const performed = performAction(action, { ...s3, readBody })
        if (mayTakeLong(action) && !(await isEarly(request.raw, performed)))
          return sendLate(context, request, reply, performed)
        const answer = await performed
        if (isProblem(answer)) return sendRefusal(context, request, reply, answerProblem(answer))
        return sendAnswer(reply, answer)
      },
    })
    done()
  }
}

/** Sends the answer to an error that was thrown. */
export function sendS3Error(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): Promise<FastifyReply> {
  return sendRefusal(context, request, reply, answerThrown(request, error), error)
}

function answerThrown(request: FastifyRequest, error: unknown): S3ErrorAnswer {
  const answer = answerError(error)
  if (isFault(answer.status)) request.log.error({ err: error }, 'a request failed')
  return answer
}

async function sendRefusal(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: S3ErrorAnswer,
  error: unknown = answer.problem,
): Promise<FastifyReply> {
  const xml = await describeRefusal(context, request, answer, error)
  reply.code(answer.status).headers({ ...answer.headers, ...XML, ...rangeHeaders(answer.problem) })
  // The answer to HEAD has no body, so that the client has only the status.
  return reply.send(request.method === 'HEAD' ? '' : xml)
}

/** Records a refusal, and returns its document. */
async function describeRefusal(
  { audit }: Context,
  request: FastifyRequest,
  { problem: found, serviceCode }: S3ErrorAnswer,
  error: unknown,
): Promise<string> {
  request.errorCode = serviceCode
  await recordRefusal(audit, request, serviceCode, error)
  const [resource = ''] = request.originalUrl.split('?', 1)
  return errorXml(found, resource, request.id)
}

/** Begins the response to an operation that takes long. Its result follows, also an error, whose status cannot be sent. */
function sendLate(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  performed: Promise<S3Answer | S3Problem>,
): FastifyReply {
  // Recorded also when the client leaves before the result.
  const document = performed.then(
    (answer) =>
      isProblem(answer)
        ? describeRefusal(context, request, answerProblem(answer), answer)
        : String(answer.body),
    (error: unknown) => describeRefusal(context, request, answerThrown(request, error), error),
  )
  return reply.code(200).headers(XML).send(lateBody(document))
}

function rangeHeaders({ code, details }: S3Problem): Record<string, string> {
  return code === 'InvalidRange' && details.ActualObjectSize !== undefined
    ? { 'content-range': `bytes */${details.ActualObjectSize}` }
    : {}
}

function sendAnswer(reply: FastifyReply, { status, headers, body }: S3Answer): FastifyReply {
  reply.code(status)
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) reply.removeHeader(name)
    else reply.header(name, value)
  }
  exposeHeaders(reply, headers)
  if (body === null) return reply.send('content-type' in headers ? NO_BYTES : '')
  if (typeof body === 'string') return reply.send(body)
  return sendBlocks(reply, body)
}

/** Lets the web page that the answer is for read its headers of S3, such as the user metadata. */
function exposeHeaders(reply: FastifyReply, headers: S3Answer['headers']): void {
  const exposed = reply.getHeader('access-control-expose-headers')
  if (typeof exposed !== 'string') return
  const own = Object.keys(headers).filter((name) => name.startsWith('x-amz-') && !exposed.includes(name))
  if (own.length > 0) reply.header('access-control-expose-headers', [exposed, ...own].join(', '))
}

function forwardedHostOf({ headers }: FastifyRequest): string | null {
  const header = headers['x-forwarded-host']
  return typeof header === 'string' && header !== '' ? header : null
}
