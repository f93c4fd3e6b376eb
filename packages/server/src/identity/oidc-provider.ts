import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose'
import { ProviderError, type ProviderMetadata, readProviderMetadata } from './provider-metadata.ts'

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

/** Longest wait of a page for the metadata. */
const PAGE_WAIT_MS = 1000

/** The provider that the operator has named. */
export interface OidcProvider {
  /** Returns the keys that its tokens are signed with. Rejects when they cannot be read. */
  keys(): Promise<JWTVerifyGetKey>
  /**
   * Returns the origins that a page connects to during a sign-in: that of the issuer, and those of the endpoints in the
   * metadata once it is read.
   */
  origins(): Promise<readonly string[]>
}

interface Known {
  readonly metadata: ProviderMetadata
  readonly keys: JWTVerifyGetKey
}

/**
 * Creates the provider, whose metadata and keys are read when they are first needed. The only addresses that are called
 * are that of the issuer and the one that its metadata names for the keys; redirects are not followed.
 */
export function createOidcProvider(issuer: string): OidcProvider {
  const fetchLimited = createLimitedFetch()
  let known: Known | null = null
  let readAtMs = Number.NEGATIVE_INFINITY
  let reading: Promise<Known> | null = null

  const read = async (): Promise<Known> => {
    const metadata = await readProviderMetadata(issuer, (url) =>
      fetchLimited(url, {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(ANSWER_MS),
      }),
    )
    const isSame = known?.metadata.keysUrl === metadata.keysUrl
    known = {
      metadata,
      keys: known !== null && isSame ? known.keys : openKeys(metadata.keysUrl, fetchLimited),
    }
    readAtMs = performance.now()
    return known
  }

  /** Addresses that cannot be read again may still be right: the keys have an age of their own. */
  const readOrKeep = () =>
    read().catch((error: unknown) => {
      if (known === null) throw error
      return known
    })

  const current = async (): Promise<Known> => {
    if (known !== null && performance.now() - readAtMs < METADATA_MS) return known
    reading ??= readOrKeep().finally(() => {
      reading = null
    })
    return reading
  }

  return {
    keys: async () => (await current()).keys,
    origins: async () => {
      await settledWithin(PAGE_WAIT_MS, current())
      return [...new Set([new URL(issuer).origin, ...(known?.metadata.origins ?? [])])]
    },
  }
}

function openKeys(url: string, fetchLimited: LimitedFetch): JWTVerifyGetKey {
  const options = { timeoutDuration: ANSWER_MS, cooldownDuration: COOLDOWN_MS, cacheMaxAge: KEYS_MS }
  return createRemoteJWKSet(new URL(url), { ...options, [customFetch]: fetchLimited })
}

/** Resolves when the promise is settled, and after this time at the latest. */
async function settledWithin(ms: number, promise: Promise<unknown>): Promise<void> {
  const { promise: settled, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  promise.then(
    () => resolve(),
    () => resolve(),
  )
  await settled
  clearTimeout(timer)
}

type LimitedFetch = (url: string, init: RequestInit) => Promise<Response>

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
