import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import test from 'node:test'
import { SignatureV4 } from '@smithy/signature-v4'
import { AwsV4Signer } from 'aws4fetch'
import fc from 'fast-check'
import { readAuthorization } from './authorization.ts'
import { readHeaderFields } from './header-fields.ts'
import { percentEncode, percentEncodePath } from './percent-encoding.ts'
import { isProblem } from './problem.ts'
import { parseRequestTarget } from './request-target.ts'
import { createSigningKeys } from './signing-keys.ts'
import { verifySignature } from './verify-signature.ts'

const CREDENTIALS = { accessKeyId: 'WBAAAAAAAAAAAAAAAAAA', secretAccessKey: 'secret' }
const HOST = 's3.example.org:8333'
const UNSIGNED = { host: HOST, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }

/** Hash with the interface that AWS's signer expects. */
class Sha256 {
  readonly #hash
  constructor(secret?: unknown) {
    this.#hash =
      secret === undefined ? createHash('sha256') : createHmac('sha256', Buffer.from(secret as Uint8Array))
  }
  update(bytes: Uint8Array) {
    this.#hash.update(bytes)
  }
  async digest() {
    return new Uint8Array(this.#hash.digest())
  }
}

const signer = new SignatureV4({
  service: 's3',
  region: 'eu-central-1',
  credentials: CREDENTIALS,
  sha256: Sha256,
  uriEscapePath: false,
  applyChecksum: true,
})
const signingKeys = createSigningKeys()

/** Returns the code of the refusal; null for a valid signature. */
function verify(method: string, url: string, headers: Readonly<Record<string, string>>): string | null {
  const target = parseRequestTarget(url)
  assert.ok(!isProblem(target))
  const fields = readHeaderFields(Object.entries(headers).flat())
  const authorization = readAuthorization(target, fields)
  assert.ok(authorization !== null && !isProblem(authorization), JSON.stringify(authorization))
  const key = signingKeys(authorization, () => CREDENTIALS.secretAccessKey)
  const request = { method, target, headers: fields, forwardedHost: null }
  return verifySignature(request, authorization, key)?.code ?? null
}

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
/** The signer loses a field with this name, because it copies the fields into an object. */
const LOST = '__proto__'
const query = fc.dictionary(
  text.filter((name) => name !== LOST),
  text,
  { maxKeys: 4 },
)
const headers = fc.dictionary(
  fc.stringMatching(/^x-amz-meta-[a-z0-9-]{1,10}$/),
  fc.stringMatching(/^[!-~]( {0,3}[!-~]){0,10}$/),
)

test('a signed header may end in any letter, whose bytes are characters here', async () => {
  for (const letter of 'éàРŠ传') {
    const headers = { ...UNSIGNED, 'x-amz-meta-a': `a ${letter}` }
    const request = { method: 'PUT', protocol: 'https:', hostname: HOST, path: '/b/k', headers }
    const signed = await signer.sign(request)
    const received = Object.entries(signed.headers).map(
      ([name, value]) => [name, Buffer.from(value).toString('latin1')] as const,
    )
    assert.equal(verify('PUT', '/b/k', Object.fromEntries(received)), null, letter)
  }
})

test('what the signer of the AWS SDK signs is valid, for every key, query and header', async () => {
  await fc.assert(
    fc.asyncProperty(text, query, headers, async (key, query, headers) => {
      const path = `/bucket/${percentEncodePath(key)}`
      const request = { method: 'PUT', protocol: 'http:', hostname: 's3.example.org', path, query }
      const signed = await signer.sign({ ...request, headers: { host: HOST, ...headers } })
      assert.equal(verify('PUT', urlOf(path, query), signed.headers), null)
    }),
  )
})

test('what the signer of the AWS SDK presigns is valid, and permits no other method', async () => {
  await fc.assert(
    fc.asyncProperty(text, query, async (key, query) => {
      const path = `/bucket/${percentEncodePath(key)}`
      const request = { method: 'GET', protocol: 'http:', hostname: 's3.example.org', path, query }
      const signed = await signer.presign({ ...request, headers: UNSIGNED }, { expiresIn: 60 })
      const url = urlOf(path, signed.query as Record<string, string>)
      assert.equal(verify('GET', url, { host: HOST }), null)
      assert.equal(verify('PUT', url, { host: HOST }), 'SignatureDoesNotMatch')
    }),
  )
})

test('what aws4fetch signs is valid for keys with characters that encoders treat differently', async () => {
  for (const key of ["a(b)'*!.txt", 'a~b+c d', 'é/ü//x/', '%25', 'a=b&c;d:e@f$g,h']) {
    const url = `http://${HOST}/bucket/${percentEncodePath(key)}`
    const signed = await new AwsV4Signer({ ...CREDENTIALS, url, service: 's3', method: 'GET' }).sign()
    const sent = { host: HOST, ...Object.fromEntries(signed.headers) }
    assert.equal(verify('GET', url, sent), null, key)
  }
})

test('a path is valid in the encoding of a proxy that decodes what may stand for itself', async () => {
  const url = `http://${HOST}/bucket/${percentEncodePath('a(b)!+c.txt')}`
  const signed = await new AwsV4Signer({ ...CREDENTIALS, url, service: 's3', method: 'GET' }).sign()
  const sent = { host: HOST, ...Object.fromEntries(signed.headers) }
  assert.equal(verify('GET', '/bucket/a(b)!+c.txt', sent), null)
})

function urlOf(path: string, query: Readonly<Record<string, string>>): string {
  const fields = Object.entries(query).map(
    ([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`,
  )
  return `${path}?${fields.join('&')}`
}
