import { errorFromResponse, withoutSecret } from './error-from-response.ts'
import { ConnectionError, NotFoundError } from './errors.ts'
import type { RateLimit } from './rate-limit.ts'
import { delayAfter, isTransient, type RetryPolicy, wait, wasNotProcessed } from './retry.ts'

/** API key, or token of a user; or a function that returns the present one. */
export type Credential = string | (() => string | Promise<string>)

/** Visible ASCII, the characters of a credential that are allowed in an HTTP header. */
const CREDENTIAL = /^[\x21-\x7e]*$/

/** Throws a `TypeError`. The platform's own error message for an invalid header would contain the credential. */
export function assertCredential(text: string): void {
  if (CREDENTIAL.test(text)) return
  throw new TypeError(
    'The API key contains a line break, a space or another invalid character. Copy the key again.',
  )
}

export interface Connection {
  /** Has no slash at the end. */
  readonly baseUrl: string
  readonly apiKey: Credential
  readonly organizationId: string
  readonly fetch: typeof fetch
  /** True when `fetch` is the platform's own, which is known to support streamed request bodies. */
  readonly isOwnFetch: boolean
  readonly retry: RetryPolicy
  /** Limit of uploads and downloads; null for none. */
  readonly rateLimit: RateLimit | null
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
   * True when the request can be repeated safely, as all but POST can by default. Other requests are retried only when the
   * service did not process them.
   */
  readonly isIdempotent?: boolean
  readonly signal?: AbortSignal | undefined
  /**
   * Grace period after an abort, in milliseconds: the request may still finish within it. The call then resolves with
   * the response, because the caller needs it to undo what the request did.
   */
  readonly graceMs?: number
  /** Called before each retry. Returns what an attempt has done whose response was lost; null for nothing. */
  readonly findResult?: (() => Promise<unknown>) | undefined
}

/** The part of a request that the caller of a method may give. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface Api {
  readonly connection: Connection
  /** Resolves with the response's JSON, or `undefined` when the response has none. Rejects with a `WaybillError`. */
  call<T>(request: ApiRequest, options?: CallOptions): Promise<T>
  /** Does the same for responses that are wrapped, and resolves with their `data`. */
  callForData<T>(request: ApiRequest, options?: CallOptions): Promise<T>
  /** Resolves with a successful response, whose body the caller reads. The signal aborts that too. */
  open(request: ApiRequest): Promise<Response>
}

/** Creates the caller of the API. It sends the key and retries after transient errors. */
export function createApi(connection: Connection): Api {
  const withRetries = async <T>(
    request: ApiRequest,
    read: (response: Response, signal: AbortSignal | undefined, credential: string) => Promise<T>,
  ): Promise<T> => {
    for (let failures = 1; ; failures++) {
      const late = createLateSignal(request.signal, request.graceMs ?? 0)
      try {
        const { apiKey } = connection
        const credential = typeof apiKey === 'string' ? apiKey : await apiKey()
        const response = await openOnce(connection, { ...request, signal: late.signal }, credential)
        return await read(response, late.signal, credential)
      } catch (error) {
        request.signal?.throwIfAborted()
        // An earlier attempt deleted it, and its response was lost.
        if (request.method === 'DELETE' && failures > 1 && error instanceof NotFoundError)
          return undefined as T
        const { method, isIdempotent = method !== 'POST' } = request
        const mayRetry = isIdempotent ? isTransient(error) : wasNotProcessed(error)
        if (!mayRetry || failures > connection.retry.maxFailures) throw error
        await wait(delayAfter(failures, error, connection.retry), request.signal)
        const found = await request.findResult?.()
        if (found) return found as T
      } finally {
        late.stop()
      }
    }
  }
  const call = <T>(request: ApiRequest, options?: CallOptions) =>
    withRetries(
      { ...request, ...options },
      async (response, signal, credential) => (await jsonOf(response, credential, signal)) as T,
    )
  return {
    connection,
    call,
    callForData: async <T>(request: ApiRequest, options?: CallOptions) =>
      (await call<{ readonly data: T }>(request, options)).data,
    open: (request) => withRetries(request, async (response) => response),
  }
}

/** Sends the request once. Resolves with a successful response. */
async function openOnce(
  { baseUrl, organizationId, fetch }: Connection,
  request: ApiRequest,
  credential: string,
): Promise<Response> {
  assertCredential(credential)
  const { method, path, isWithoutOrganization = false, query = {}, json, form, signal } = request
  const organization = isWithoutOrganization ? '' : `/organizations/${encodeURIComponent(organizationId)}`
  const url = new URL(`${baseUrl}/v1${organization}${path}`)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  const body = form ?? (json === undefined ? undefined : JSON.stringify(json))
  const response = await fetchOrFail(fetch, url.href, {
    method,
    headers: {
      ...headersOf(credential),
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    // The key must not be sent to the target of a redirect. A redirect is treated as an error below.
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  })
  if (!response.ok) throw await errorFromResponse(response, credential)
  return response
}

/** Tokens of users have dots, and keys have none. */
function headersOf(credential: string): Record<string, string> {
  return credential.includes('.') ? { Authorization: `Bearer ${credential}` } : { 'X-API-Key': credential }
}

/** Returns the JSON of a response, or `undefined` for one without a body. */
async function jsonOf(response: Response, apiKey: string, signal: AbortSignal | undefined): Promise<unknown> {
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
