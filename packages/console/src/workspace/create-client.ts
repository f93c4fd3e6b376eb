import { type RetryPolicy, Waybill } from '@waybill/sdk'
import { uploadSessions } from '../uploads/upload-sessions.ts'
import { ownUrl, SERVICE_URL } from './service-url.ts'
import type { Session } from './stored-session.ts'

/** Retries of requests that the user waits for, who can retry too. */
const INTERACTIVE: Partial<RetryPolicy> = { maxFailures: 2, baseDelayMs: 300, maxDelayMs: 2000 }
/** Retries of uploads, which run unattended: for about 15 minutes. */
const UNATTENDED: Partial<RetryPolicy> = { maxFailures: 60, maxDelayMs: 15_000 }

export interface Clients {
  readonly calls: Waybill
  readonly uploads: Waybill
}

/** Creates the clients of a session. Calls `onRefused` when the service does not accept the key any more. */
export function createClients(session: Session, onRefused: () => void): Clients {
  const fetchOwn: typeof fetch = async (input, init) => {
    const response = await fetch(ownUrl(String(input)), init)
    if (response.status === 401 && new Headers(init?.headers).has('x-api-key')) onRefused()
    return response
  }
  const { apiKey, organizationId } = session
  const options = { baseUrl: SERVICE_URL, apiKey, organizationId, fetch: fetchOwn, sessions: uploadSessions }
  return {
    calls: new Waybill({ ...options, retry: INTERACTIVE }),
    uploads: new Waybill({ ...options, retry: UNATTENDED }),
  }
}
