import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent'
import { attemptOutcome, type DeliveryAttempt, type ObserveAttempt } from '../domain/webhooks/webhook.ts'
import type { WebhookRequest, WebhookSender } from './webhook-sender.ts'
import { webhookUrlProblem } from './webhook-url.ts'

export interface SenderOptions {
  /** True allows plain HTTP and addresses that are not public. */
  readonly allowsPrivate: boolean
  /** Observers of all attempts; absent for none. */
  readonly observers?: readonly ObserveAttempt[]
  now(): number
}

/** Time for an attempt, from the look-up of the name to the end of the answer. */
const ATTEMPT_MS = 15_000
/** Bytes of an answer that are kept; the rest is not read. */
const MAX_ANSWER_BYTES = 1024

/**
 * Creates a sender that checks the address of each connection, after the name has been looked up: a name that leads to
 * another address later (DNS rebinding) does not reach the operator's network. It follows no redirects, and keeps no
 * connection, since the next one must be checked too.
 */
export function createWebhookSender({ allowsPrivate, observers = [], now }: SenderOptions): WebhookSender {
  const options = { allowPrivateIPAddress: allowsPrivate, keepAlive: false }
  const agents = {
    'http:': new RequestFilteringHttpAgent(options),
    'https:': new RequestFilteringHttpsAgent(options),
  }

  return {
    urlProblem: (text) => webhookUrlProblem(text, allowsPrivate),
    send: async (request, signal) => {
      const atMs = now()
      const startMs = performance.now()
      const attempt = (result: Pick<DeliveryAttempt, 'status' | 'error' | 'answer'>): DeliveryAttempt => {
        const one = { atMs, durationMs: Math.round(performance.now() - startMs), ...result }
        // The end of the process says nothing of the receiver.
        if (!signal.aborted) for (const observe of observers) observe(attemptOutcome(one), one.durationMs)
        return one
      }
      const problem = webhookUrlProblem(request.url, allowsPrivate)
      if (problem !== null) return attempt({ status: null, error: `The URL ${problem}.`, answer: '' })
      try {
        const response = await exchange(
          request,
          agents,
          AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]),
        )
        return attempt({ status: response.status, error: null, answer: response.text })
      } catch (error) {
        return attempt({ status: null, error: reasonOf(error), answer: '' })
      }
    },
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

type Agents = Readonly<
  Record<'http:', RequestFilteringHttpAgent> & Record<'https:', RequestFilteringHttpsAgent>
>

function exchange(
  { url, headers, body }: WebhookRequest,
  agents: Agents,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
  const isTls = new URL(url).protocol === 'https:'
  const options = {
    method: 'POST',
    agent: isTls ? agents['https:'] : agents['http:'],
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    signal,
  }
  const sent = (isTls ? requestHttps : requestHttp)(url, options, (response) => {
    readStart(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject)
  })
  sent.on('error', reject)
  sent.end(body)
  return promise
}

/** Reads the first bytes of an answer as text, and closes the connection. */
async function readStart(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of response) {
    parts.push(part)
    length += part.length
    if (length >= MAX_ANSWER_BYTES) break
  }
  response.destroy()
  return Buffer.concat(parts).subarray(0, MAX_ANSWER_BYTES).toString('utf8').replaceAll('\0', '')
}

/** Returns the reason of a failed attempt for the organization's administrator, without addresses of the operator's network. */
function reasonOf(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException
  if (name === 'TimeoutError' || name === 'AbortError')
    return `No complete answer came within ${ATTEMPT_MS / 1000} s.`
  if (/is not allowed/.test(message)) return 'The host leads to an address that is not public.'
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'The host name was not found.'
    case 'ECONNREFUSED':
      return 'The connection was refused.'
    case 'ECONNRESET':
    case 'EPIPE':
      return 'The connection was closed.'
    default:
      return /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code ?? '')
        ? 'The TLS certificate is not valid.'
        : 'The request failed.'
  }
}
