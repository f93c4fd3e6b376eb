import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose'

/** Time for one answer of the provider. */
const ANSWER_MS = 5000
/** Keys and addresses are small; a longer answer is not read. */
const MAX_ANSWER_BYTES = 512 * 1024
/** Age at which the addresses of the provider are read again. */
const METADATA_MS = 60 * 60 * 1000
/** Age at which the keys are read again. */
const KEYS_MS = 10 * 60 * 1000
/** Time after a read in which an unknown key does not cause another one. */
const COOLDOWN_MS = 30_000
/** Time after a failure in which the provider is not asked again. */
const PAUSE_MS = 5000

/** Thrown when the provider does not answer as it should. The message has no part of the answer. */
export class ProviderError extends Error {}

/**
 * Returns the keys of the provider, which are read when the first token needs them. The only addresses that are called
 * are that of the issuer and the one that its metadata names for the keys; redirects are not followed.
 */
export function createProviderKeys(issuer: string): { current(): Promise<JWTVerifyGetKey> } {
  const fetchLimited = createLimitedFetch()
  let known: { readonly keysUrl: string; readonly keys: JWTVerifyGetKey } | null = null
  let readAtMs = Number.NEGATIVE_INFINITY
  let reading: Promise<JWTVerifyGetKey> | null = null

  const read = async (): Promise<JWTVerifyGetKey> => {
    const keysUrl = await readKeysUrl(issuer, fetchLimited)
    if (known?.keysUrl !== keysUrl) {
      const options = { timeoutDuration: ANSWER_MS, cooldownDuration: COOLDOWN_MS, cacheMaxAge: KEYS_MS }
      const keys = createRemoteJWKSet(new URL(keysUrl), { ...options, [customFetch]: fetchLimited })
      known = { keysUrl, keys }
    }
    readAtMs = performance.now()
    return known.keys
  }

  /** Addresses that cannot be read again may still be right: the keys have an age of their own. */
  const readOrKeep = () =>
    read().catch((error: unknown) => {
      if (known === null) throw error
      return known.keys
    })

  return {
    current: async () => {
      if (known !== null && performance.now() - readAtMs < METADATA_MS) return known.keys
      reading ??= readOrKeep().finally(() => {
        reading = null
      })
      return reading
    },
  }
}

type LimitedFetch = (url: string, init: RequestInit) => Promise<Response>

/** Reads the address of the keys from the metadata of the issuer (OpenID Connect Discovery 1.0 section 4). */
async function readKeysUrl(issuer: string, fetchLimited: LimitedFetch): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const signal = AbortSignal.timeout(ANSWER_MS)
  const response = await fetchLimited(url, { headers: { accept: 'application/json' }, signal })
  if (response.status !== 200) throw new ProviderError(`the metadata has the status ${response.status}`)
  const metadata = (await response.json().catch(() => null)) as Readonly<Record<string, unknown>> | null
  if (metadata?.issuer !== issuer) throw new ProviderError('the metadata is that of another issuer')
  const keysUrl = URL.parse(String(metadata.jwks_uri))
  if (keysUrl === null || !/^https?:$/.test(keysUrl.protocol))
    throw new ProviderError('the metadata has no address of keys')
  if (issuer.startsWith('https:') && keysUrl.protocol !== 'https:')
    throw new ProviderError('the address of the keys is not https')
  return keysUrl.href
}

/** Returns `fetch` with a limit of the answer, and a pause after each failure. */
function createLimitedFetch(): LimitedFetch {
  let failedAtMs = Number.NEGATIVE_INFINITY
  return async (url, init) => {
    if (performance.now() - failedAtMs < PAUSE_MS) throw new ProviderError('the provider failed a moment ago')
    try {
      const response = await fetch(url, { ...init, redirect: 'manual' })
      const body = await readLimited(response)
      if (response.status >= 500) failedAtMs = performance.now()
      return new Response(body, { status: response.status, headers: { 'content-type': 'application/json' } })
    } catch (cause) {
      failedAtMs = performance.now()
      throw cause instanceof ProviderError
        ? cause
        : new ProviderError('the provider does not answer', { cause })
    }
  }
}

async function readLimited(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > MAX_ANSWER_BYTES) throw new ProviderError('the answer of the provider is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
