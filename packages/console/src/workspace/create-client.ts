import { type RetryPolicy, Waybill } from '@waybill/sdk'
import { uploadSessions } from '../uploads/upload-sessions.ts'
import { ownUrl, SERVICE_URL } from './service-url.ts'
import type { Session } from './stored-session.ts'

/** Somebody looks at the page and can try again. */
const IN_SIGHT: Partial<RetryPolicy> = { maxFailures: 2, baseDelayMs: 300, maxDelayMs: 2000 }
/** Nobody looks at an upload all the time; about a quarter of an hour. */
const IN_THE_BACKGROUND: Partial<RetryPolicy> = { maxFailures: 60, maxDelayMs: 15_000 }

export interface Clients {
  readonly calls: Waybill
  readonly uploads: Waybill
}

/** `onRefused` is called where the service knows the key no more. */
export function createClients(session: Session, onRefused: () => void): Clients {
  const fetchOwn: typeof fetch = async (input, init) => {
    const answer = await fetch(ownUrl(String(input)), init)
    if (answer.status === 401 && new Headers(init?.headers).has('x-api-key')) onRefused()
    return answer
  }
  const { apiKey, organizationId } = session
  const options = { baseUrl: SERVICE_URL, apiKey, organizationId, fetch: fetchOwn, sessions: uploadSessions }
  return {
    calls: new Waybill({ ...options, retry: IN_SIGHT }),
    uploads: new Waybill({ ...options, retry: IN_THE_BACKGROUND }),
  }
}
