import { type RetryPolicy, Waybill } from '@waybill/sdk'
import type { OpenStreamClient } from '../live/live-events.ts'
import { ExpiredSignInError, type UserTokens } from '../sign-in/user-tokens.ts'
import { uploadSessions } from '../uploads/upload-sessions.ts'
import { ownUrl, SERVICE_URL } from './service-url.ts'
import type { Session } from './stored-session.ts'

/** Retries of requests that the user waits for, who can retry too. */
const INTERACTIVE: Partial<RetryPolicy> = { maxFailures: 2, baseDelayMs: 300, maxDelayMs: 2000 }
/** Retries of uploads, which run unattended: for about 15 minutes. */
const UNATTENDED: Partial<RetryPolicy> = { maxFailures: 60, maxDelayMs: 15_000 }

/** The stream of events has its own pauses. */
const NONE: Partial<RetryPolicy> = { maxFailures: 0 }

export interface Clients {
  readonly calls: Waybill
  readonly uploads: Waybill
  readonly openStream: OpenStreamClient
}

/** Creates the clients of a session. Calls `onRefused` when the service does not accept the key or token any more. */
export function createClients(session: Session, onRefused: () => void): Clients {
  const fetchOwn: typeof fetch = async (input, init) => {
    const response = await fetch(ownUrl(String(input)), init)
    if (response.status === 401 && hasCredential(init)) onRefused()
    return response
  }
  const { organizationId, tokens } = session
  const apiKey = tokens === null ? (session.apiKey ?? '') : () => tokenOf(tokens, onRefused)
  const options = { baseUrl: SERVICE_URL, apiKey, organizationId, fetch: fetchOwn, sessions: uploadSessions }
  return {
    calls: new Waybill({ ...options, retry: INTERACTIVE }),
    uploads: new Waybill({ ...options, retry: UNATTENDED }),
    openStream: (onBytes) =>
      new Waybill({
        ...options,
        retry: NONE,
        fetch: async (input, init) => watched(await fetchOwn(input, init), onBytes),
      }),
  }
}

const hasCredential = (init: RequestInit | undefined): boolean => {
  const headers = new Headers(init?.headers)
  return headers.has('x-api-key') || headers.has('authorization')
}

async function tokenOf(tokens: UserTokens, onRefused: () => void): Promise<string> {
  try {
    return await tokens.current()
  } catch (error) {
    if (error instanceof ExpiredSignInError) onRefused()
    throw error
  }
}

/** Returns the response with a body that calls `onBytes` for each piece. */
function watched(response: Response, onBytes: () => void): Response {
  if (!response.ok || response.body === null) return response
  const watch = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform: (piece, controller) => {
      onBytes()
      controller.enqueue(piece)
    },
  })
  return new Response(response.body.pipeThrough(watch), response)
}
