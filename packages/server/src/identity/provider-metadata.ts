import { isSecureUrl } from '../platform/is-secure-url.ts'

/** Addresses of the provider that its metadata names. */
export interface ProviderMetadata {
  readonly keysUrl: string
  /** Origins of the endpoints that a page sends requests to during a sign-in. */
  readonly origins: readonly string[]
}

/** Thrown when the provider does not answer as it should. The message has no part of the answer. */
export class ProviderError extends Error {}

/** Endpoints to which a page sends requests. It only opens the others. */
const ENDPOINTS_OF_PAGES = ['token_endpoint', 'revocation_endpoint']
/** An origin without the characters that have a meaning in a Content-Security-Policy, which URLs allow in a host. */
const PLAIN_ORIGIN = /^https?:\/\/[a-z0-9.-]+(?::\d+)?$/

/** Reads the metadata of the issuer (OpenID Connect Discovery 1.0 section 4). */
export async function readProviderMetadata(
  issuer: string,
  read: (url: string) => Promise<Response>,
): Promise<ProviderMetadata> {
  const response = await read(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  if (response.status !== 200) throw new ProviderError(`the metadata has the status ${response.status}`)
  const metadata = (await response.json().catch(() => null)) as Readonly<Record<string, unknown>> | null
  if (metadata?.issuer !== issuer) throw new ProviderError('the metadata is that of another issuer')
  const keysUrl = URL.parse(String(metadata.jwks_uri))
  if (keysUrl === null || !/^https?:$/.test(keysUrl.protocol))
    throw new ProviderError('the metadata has no address of keys')
  if (issuer.startsWith('https:') && keysUrl.protocol !== 'https:')
    throw new ProviderError('the address of the keys is not https')
  return { keysUrl: keysUrl.href, origins: originsOf(metadata) }
}

function originsOf(metadata: Readonly<Record<string, unknown>>): string[] {
  return ENDPOINTS_OF_PAGES.flatMap((name) => {
    const url = URL.parse(String(metadata[name]))
    return url !== null && isSecureUrl(url) && PLAIN_ORIGIN.test(url.origin) ? [url.origin] : []
  })
}
