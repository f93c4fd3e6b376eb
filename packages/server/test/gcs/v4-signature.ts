import { createHash, type KeyObject, verify } from 'node:crypto'

/**
 * Returns true when the URL has a valid V4 signature of the key and has not expired. Implements only Google's published
 * algorithm: https://cloud.google.com/storage/docs/authentication/canonical-requests
 */
export function isSignedBy(publicKey: KeyObject, method: string, url: URL, nowMs = Date.now()): boolean {
  const given = (name: string) => url.searchParams.get(name) ?? ''
  if (given('X-Goog-Algorithm') !== 'GOOG4-RSA-SHA256') return false
  const scope = given('X-Goog-Credential').split('/').slice(1).join('/')
  const isScope = scope === `${given('X-Goog-Date').slice(0, 8)}/auto/storage/goog4_request`
  if (!isScope || isOver(given('X-Goog-Date'), Number(given('X-Goog-Expires')), nowMs)) return false

  const request = sha256(canonicalRequest(method, url, given('X-Goog-SignedHeaders')))
  const toSign = ['GOOG4-RSA-SHA256', given('X-Goog-Date'), scope, request].join('\n')
  return verify('RSA-SHA256', Buffer.from(toSign), publicKey, Buffer.from(given('X-Goog-Signature'), 'hex'))
}

/** Returns method, path, query without the signature, headers, their names, and the marker of an unsigned body. */
function canonicalRequest(method: string, url: URL, signedHeaders: string): string {
  if (signedHeaders !== 'host')
    throw new Error(`only the host is expected to be signed, not ${signedHeaders}`)
  return [
    method,
    url.pathname,
    canonicalQuery(url),
    `host:${url.hostname}\n`,
    signedHeaders,
    'UNSIGNED-PAYLOAD',
  ].join('\n')
}

/** Percent-encodes names and values except for the unreserved characters of RFC 3986, sorted by code point. */
function canonicalQuery({ searchParams }: URL): string {
  const pairs = [...searchParams].filter(([name]) => name !== 'X-Goog-Signature')
  const encoded = pairs.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
  return encoded.sort().join('&')
}

function percentEncode(text: string): string {
  return Buffer.from(text).reduce((encoded, byte) => {
    const character = String.fromCharCode(byte)
    const isUnreserved = /[A-Za-z0-9._~-]/.test(character)
    return encoded + (isUnreserved ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
  }, '')
}

function isOver(date: string, seconds: number, nowMs: number): boolean {
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  return !(nowMs < Date.parse(iso) + seconds * 1000)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
