import assert from 'node:assert/strict'
import test from 'node:test'
import { type Authorization, readAuthorization } from './authorization.ts'
import { readHeaderFields } from './header-fields.ts'
import { isProblem } from './problem.ts'
import { parseRequestTarget, type RequestTarget } from './request-target.ts'
import { deriveSigningKey } from './signing-keys.ts'
import { checkTime, type SignedRequest, verifySignature } from './verify-signature.ts'

/** Credentials of the examples in AWS's documentation of Signature Version 4. */
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const HOST = ['Host', 'examplebucket.s3.amazonaws.com']
const DATE = ['x-amz-date', '20130524T000000Z']

interface Example {
  readonly name: string
  readonly method: string
  readonly url: string
  readonly headers: readonly string[]
  readonly signed: string
  readonly signature: string
}

const EXAMPLES: readonly Example[] = [
  {
    name: 'GetObject with a range',
    method: 'GET',
    url: '/test.txt',
    headers: [...HOST, 'Range', 'bytes=0-9', 'x-amz-content-sha256', EMPTY_SHA256, ...DATE],
    signed: 'host;range;x-amz-content-sha256;x-amz-date',
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
  {
    name: 'PutObject with a dollar sign in its key',
    method: 'PUT',
    url: '/test$file.text',
    headers: [
      ...HOST,
      'Date',
      'Fri, 24 May 2013 00:00:00 GMT',
      ...DATE,
      'x-amz-storage-class',
      'REDUCED_REDUNDANCY',
      'x-amz-content-sha256',
      '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
    ],
    signed: 'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
    signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  },
  {
    name: 'a subresource without a value',
    method: 'GET',
    url: '/?lifecycle',
    headers: [...HOST, ...DATE, 'x-amz-content-sha256', EMPTY_SHA256],
    signed: 'host;x-amz-content-sha256;x-amz-date',
    signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  },
  {
    name: 'a list',
    method: 'GET',
    url: '/?prefix=J&max-keys=2',
    headers: [...HOST, ...DATE, 'x-amz-content-sha256', EMPTY_SHA256],
    signed: 'host;x-amz-content-sha256;x-amz-date',
    signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  },
]

const PRESIGNED =
  '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404'

interface Received {
  readonly method: string
  readonly url: string
  readonly headers: readonly string[]
  readonly forwardedHost?: string
}

function read({ method, url, headers, forwardedHost = undefined }: Received): {
  readonly request: SignedRequest
  readonly authorization: Authorization
} {
  const target = parseRequestTarget(url) as RequestTarget
  const fields = readHeaderFields(headers)
  const authorization = readAuthorization(target, fields)
  assert.ok(authorization !== null && !isProblem(authorization), JSON.stringify(authorization))
  return {
    request: { method, target, headers: fields, forwardedHost: forwardedHost ?? null },
    authorization,
  }
}

/** Returns the code of the refusal; null for a valid signature. */
function verify(received: Received): string | null {
  const { request, authorization } = read(received)
  return verifySignature(request, authorization, deriveSigningKey(SECRET, authorization))?.code ?? null
}

function received({ method, url, headers, signed, signature }: Example): Received {
  const credential = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request'
  const value = `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=${signed},Signature=${signature}`
  return { method, url, headers: [...headers, 'Authorization', value] }
}

for (const example of EXAMPLES) {
  test(`the published signature of ${example.name} is valid`, () => {
    assert.equal(verify(received(example)), null)
  })

  test(`another method makes the signature of ${example.name} wrong`, () => {
    assert.equal(verify({ ...received(example), method: 'DELETE' }), 'SignatureDoesNotMatch')
  })
}

test('the published presigned URL is valid without further headers', () => {
  assert.equal(verify({ method: 'GET', url: PRESIGNED, headers: HOST }), null)
})

test('a presigned URL does not permit another key', () => {
  const url = PRESIGNED.replace('/test.txt', '/text.txt')
  assert.equal(verify({ method: 'GET', url, headers: HOST }), 'SignatureDoesNotMatch')
})

test('a header that could turn a presigned request into a copy is refused', () => {
  const headers = [...HOST, 'x-amz-copy-source', '/examplebucket/secret']
  assert.equal(verify({ method: 'GET', url: PRESIGNED, headers }), 'AccessDenied')
})

test('a header with x-amz- that the signature does not cover is refused', () => {
  const [get] = EXAMPLES
  assert.ok(get)
  const request = received(get)
  const headers = [...request.headers, 'x-amz-meta-more', 'x']
  assert.equal(verify({ ...request, headers }), 'AccessDenied')
})

test('the host of a trusted proxy is tried when the one of the connection does not match', () => {
  const headers = ['Host', '127.0.0.1:8080']
  const forwardedHost = 'examplebucket.s3.amazonaws.com'
  assert.equal(verify({ method: 'GET', url: PRESIGNED, headers }), 'SignatureDoesNotMatch')
  assert.equal(verify({ method: 'GET', url: PRESIGNED, headers, forwardedHost }), null)
})

test('runs of spaces in a signed header count as one', () => {
  const [get] = EXAMPLES
  assert.ok(get)
  const request = received(get)
  const headers = request.headers.map((value) => (value === 'bytes=0-9' ? '  bytes=0-9  ' : value))
  assert.equal(verify({ ...request, headers }), null)
})

const SIGNED_AT_MS = Date.UTC(2013, 4, 24)
const MINUTE_MS = 60_000
const TIMES: readonly [url: string, offsetMs: number, code: string | null][] = [
  ['header', 15 * MINUTE_MS, null],
  ['header', 15 * MINUTE_MS + 1, 'RequestTimeTooSkewed'],
  ['header', -15 * MINUTE_MS, null],
  ['header', -15 * MINUTE_MS - 1, 'RequestTimeTooSkewed'],
  ['query', 86_400_000, null],
  ['query', 86_400_001, 'AccessDenied'],
  ['query', -16 * MINUTE_MS, 'AccessDenied'],
]

for (const [form, offsetMs, code] of TIMES) {
  test(`a signature in the ${form} is ${code ?? 'valid'} ${offsetMs} ms after it was made`, () => {
    const [get] = EXAMPLES
    assert.ok(get)
    const request = form === 'header' ? received(get) : { method: 'GET', url: PRESIGNED, headers: HOST }
    const { authorization } = read(request)
    assert.equal(checkTime(authorization, SIGNED_AT_MS + offsetMs)?.code ?? null, code)
  })
}
