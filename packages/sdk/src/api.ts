import { errorOfAnswer, withoutSecret } from './error-of-answer.ts'
import { ConnectionError, NotFoundError } from './errors.ts'
import { delayAfter, isPassing, isUntouched, type RetryPolicy, wait } from './retry.ts'

export interface Connection {
  /** Without a slash at its end. */
  readonly baseUrl: string
  readonly apiKey: string
  readonly organizationId: string
  readonly fetch: typeof fetch
  /** Whether `fetch` is the platform’s own, whose habits are known. */
  readonly isOwnFetch: boolean
  readonly retry: RetryPolicy
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below the organization, such as `/files`. */
  readonly path: string
  readonly query?: object
  readonly json?: object
  readonly form?: FormData
  /** Whether doing it twice is as good as once. What is not is tried again only where it surely was not done. */
  readonly isRepeatable: boolean
  readonly signal?: AbortSignal | undefined
  /**
   * So long what is under way when the signal is aborted may still take: whoever has to undo it needs the answer, which is
   * then given in place of the reason.
   */
  readonly graceMs?: number
}

export interface Api {
  readonly connection: Connection
  /** Resolves with the answer’s JSON, `undefined` where there is none; rejects with a `WaybillError`. */
  call<T>(request: ApiRequest): Promise<T>
}

/** The calls of the API, with the key; what fails in passing is tried again. */
export function createApi(connection: Connection): Api {
  const call = async <T>(request: ApiRequest): Promise<T> => {
    for (let failures = 1; ; failures++) {
      const late = createLateSignal(request.signal, request.graceMs ?? 0)
      try {
        return (await callOnce(connection, { ...request, signal: late.signal })) as T
      } catch (error) {
        request.signal?.throwIfAborted()
        // Gone by an earlier try, whose answer was lost.
        if (request.method === 'DELETE' && failures > 1 && error instanceof NotFoundError)
          return undefined as T
        const isWorth = request.isRepeatable ? isPassing(error) : isUntouched(error)
        if (!isWorth || failures > connection.retry.maxFailures) throw error
        await wait(delayAfter(failures, error, connection.retry), request.signal)
      } finally {
        late.stop()
      }
    }
  }
  return { connection, call }
}

async function callOnce(connection: Connection, request: ApiRequest): Promise<unknown> {
  const { baseUrl, apiKey, organizationId } = connection
  const { method, path, query = {}, json, form, signal } = request
  const url = new URL(`${baseUrl}/v1/organizations/${encodeURIComponent(organizationId)}${path}`)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  const body = form ?? (json === undefined ? undefined : JSON.stringify(json))
  const answer = await fetchOrFail(connection.fetch, url.href, {
    method,
    headers: { 'X-API-Key': apiKey, ...(json === undefined ? {} : { 'Content-Type': 'application/json' }) },
    // A key must not follow a redirect to wherever it leads: that is an answer which is refused below.
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  })
  if (!answer.ok) throw await errorOfAnswer(answer, apiKey)
  if (answer.status === 204) return undefined
  const text = await textOf(answer, signal)
  try {
    return JSON.parse(text)
  } catch {
    // Not as the cause: a parser's error message quotes its input.
    const message = 'What answered is not the service: is the base URL right?'
    const facts = { status: answer.status, systemMessage: withoutSecret(text, apiKey).slice(0, 500) }
    throw new ConnectionError('UNREADABLE_ANSWER', message, facts)
  }
}

/** The whole body, or a `ConnectionError` where it breaks off, or the signal’s reason. */
export async function textOf(answer: Response, signal: AbortSignal | null | undefined): Promise<string> {
  try {
    return await answer.text()
  } catch (cause) {
    signal?.throwIfAborted()
    throw new ConnectionError('CONNECTION_FAILED', 'The answer broke off.', { cause })
  }
}

/** A signal that follows another one so much later; once that is aborted already, at once. */
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

/** `fetch` whose failure is a `ConnectionError`, or the reason of the signal where it was aborted. */
export async function fetchOrFail(fetchAny: typeof fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetchAny(url, init)
  } catch (cause) {
    init.signal?.throwIfAborted()
    // Without its query, which may be a credential.
    const where = new URL(url).origin
    throw new ConnectionError('CONNECTION_FAILED', `The service at ${where} cannot be reached.`, { cause })
  }
}
