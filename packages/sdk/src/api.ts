import { errorFromResponse, withoutSecret } from './error-from-response.ts'
import { ConnectionError, NotFoundError } from './errors.ts'
import { delayAfter, isTransient, type RetryPolicy, wait, wasNotProcessed } from './retry.ts'

export interface Connection {
  /** Has no slash at the end. */
  readonly baseUrl: string
  readonly apiKey: string
  readonly organizationId: string
  readonly fetch: typeof fetch
  /** True when `fetch` is the platform's own, which is known to support streamed request bodies. */
  readonly isOwnFetch: boolean
  readonly retry: RetryPolicy
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Path relative to the organization, such as `/files`. */
  readonly path: string
  /** True when the path is relative to `/v1`: the key decides which organization it is. */
  readonly isWithoutOrganization?: boolean
  readonly query?: object
  readonly json?: object
  readonly form?: FormData
  /**
   * True when the request can be repeated safely. Other requests are retried only when the service did not process
   * them.
   */
  readonly isIdempotent: boolean
  readonly signal?: AbortSignal | undefined
  /**
   * Grace period after an abort, in milliseconds: the request may still finish within it. The call then resolves with
   * the response, because the caller needs it to undo what the request did.
   */
  readonly graceMs?: number
}

export interface Api {
  readonly connection: Connection
  /** Resolves with the response's JSON, or `undefined` when the response has none. Rejects with a `WaybillError`. */
  call<T>(request: ApiRequest): Promise<T>
  /** Does the same for responses that are wrapped, and resolves with their `data`. */
  callForData<T>(request: ApiRequest): Promise<T>
}

/** Creates the caller of the API. It sends the key and retries after transient errors. */
export function createApi(connection: Connection): Api {
  const call = async <T>(request: ApiRequest): Promise<T> => {
    for (let failures = 1; ; failures++) {
      const late = createLateSignal(request.signal, request.graceMs ?? 0)
      try {
        return (await callOnce(connection, { ...request, signal: late.signal })) as T
      } catch (error) {
        request.signal?.throwIfAborted()
        // An earlier attempt deleted it, and its response was lost.
        if (request.method === 'DELETE' && failures > 1 && error instanceof NotFoundError)
          return undefined as T
        const mayRetry = request.isIdempotent ? isTransient(error) : wasNotProcessed(error)
        if (!mayRetry || failures > connection.retry.maxFailures) throw error
        await wait(delayAfter(failures, error, connection.retry), request.signal)
      } finally {
        late.stop()
      }
    }
  }
  const callForData = async <T>(request: ApiRequest) => (await call<{ readonly data: T }>(request)).data
  return { connection, call, callForData }
}

async function callOnce(connection: Connection, request: ApiRequest): Promise<unknown> {
  const { baseUrl, apiKey, organizationId } = connection
  const { method, path, isWithoutOrganization = false, query = {}, json, form, signal } = request
  const organization = isWithoutOrganization ? '' : `/organizations/${encodeURIComponent(organizationId)}`
  const url = new URL(`${baseUrl}/v1${organization}${path}`)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  const body = form ?? (json === undefined ? undefined : JSON.stringify(json))
  const response = await fetchOrFail(connection.fetch, url.href, {
    method,
    headers: { 'X-API-Key': apiKey, ...(json === undefined ? {} : { 'Content-Type': 'application/json' }) },
    // The key must not be sent to the target of a redirect. A redirect is treated as an error below.
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  })
  if (!response.ok) throw await errorFromResponse(response, apiKey)
  if (response.status === 204) return undefined
  const text = await textOf(response, signal)
  try {
    return JSON.parse(text)
  } catch {
    // The parser's error is not the cause of this one: its message quotes the response, which may contain the key.
    const message = 'The response does not come from the service. Check the base URL.'
    const facts = { status: response.status, systemMessage: withoutSecret(text, apiKey).slice(0, 500) }
    throw new ConnectionError('UNREADABLE_ANSWER', message, facts)
  }
}

/** Returns the complete body. Rejects with a `ConnectionError` when it is cut off, or with the signal's reason. */
export async function textOf(response: Response, signal: AbortSignal | null | undefined): Promise<string> {
  try {
    return await response.text()
  } catch (cause) {
    signal?.throwIfAborted()
    throw new ConnectionError('CONNECTION_FAILED', 'The connection was lost during the response.', { cause })
  }
}

/**
 * Returns a signal that is aborted `graceMs` after the given one, or immediately if the given one is aborted already.
 */
function createLateSignal(signal: AbortSignal | undefined, graceMs: number) {
  if (signal === undefined || signal.aborted || graceMs === 0) return { signal, stop: () => {} }
  const own = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const onAbort = () => {
    timer = setTimeout(() => own.abort(signal.reason), graceMs)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  const stop = () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
  return { signal: own.signal, stop }
}

/** Calls `fetch`. Rejects with a `ConnectionError`, or with the signal's reason if it was aborted. */
export async function fetchOrFail(fetchAny: typeof fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetchAny(url, init)
  } catch (cause) {
    init.signal?.throwIfAborted()
    // The rest of the URL may contain a credential.
    const { origin } = new URL(url)
    throw new ConnectionError('CONNECTION_FAILED', `The service at ${origin} cannot be reached.`, { cause })
  }
}
