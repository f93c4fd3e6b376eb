import assert from 'node:assert/strict'
import test from 'node:test'
import { readAuthorization } from './authorization.ts'
import { readHeaderFields } from './header-fields.ts'
import { isProblem } from './problem.ts'
import { parseRequestTarget, type RequestTarget } from './request-target.ts'

const SIGNATURE = 'a'.repeat(64)
const CREDENTIAL = 'WBAAAAAAAAAAAAAAAAAA/20130524/eu-1/s3/aws4_request'
const HEADER = `AWS4-HMAC-SHA256 Credential=${CREDENTIAL}, SignedHeaders=host;x-amz-date, Signature=${SIGNATURE}`
const DATE = ['X-Amz-Date', '20130524T000000Z']
const QUERY = {
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  'X-Amz-Credential': CREDENTIAL,
  'X-Amz-Date': '20130524T000000Z',
  'X-Amz-Expires': '60',
  'X-Amz-SignedHeaders': 'host',
  'X-Amz-Signature': SIGNATURE,
}

function readFrom(url: string, headers: readonly string[]) {
  return readAuthorization(parseRequestTarget(url) as RequestTarget, readHeaderFields(headers))
}

function presigned(changes: Readonly<Record<string, string>>): string {
  return `/b/k?${new URLSearchParams({ ...QUERY, ...changes })}`
}

test('a request without a signature has no authorization', () => {
  assert.equal(readFrom('/b/k', ['Host', 'x']), null)
})

test('a header tells key, scope, signed headers and signature, with or without spaces', () => {
  for (const header of [HEADER, HEADER.replaceAll(', ', ',')]) {
    assert.deepEqual(readFrom('/b/k', ['Authorization', header, ...DATE]), {
      form: 'header',
      accessKeyId: 'WBAAAAAAAAAAAAAAAAAA',
      date: '20130524',
      region: 'eu-1',
      timestamp: '20130524T000000Z',
      signedAtMs: Date.UTC(2013, 4, 24),
      expiresSeconds: null,
      signedHeaders: ['host', 'x-amz-date'],
      signature: SIGNATURE,
    })
  }
})

test('the header Date gives the time when x-amz-date is absent', () => {
  const read = readFrom('/b/k', ['Authorization', HEADER, 'Date', 'Fri, 24 May 2013 00:00:07 GMT'])
  assert.ok(read !== null && !isProblem(read))
  assert.equal(read.timestamp, '20130524T000007Z')
})

const REFUSED: readonly (readonly [name: string, url: string, headers: readonly string[], code: string])[] = [
  ['Signature Version 2', '/b/k', ['Authorization', 'AWS id:c2ln', ...DATE], 'InvalidRequest'],
  ['a presigned URL of version 2', '/b/k?AWSAccessKeyId=id&Signature=s&Expires=1', [], 'InvalidRequest'],
  ['a bearer token', '/b/k', ['Authorization', 'Bearer x', ...DATE], 'InvalidRequest'],
  ['two signatures', presigned({}), ['Authorization', HEADER, ...DATE], 'InvalidArgument'],
  ['no date', '/b/k', ['Authorization', HEADER], 'AccessDenied'],
  [
    'another day in the scope',
    '/b/k',
    ['Authorization', HEADER, 'X-Amz-Date', '20130525T000000Z'],
    'AuthorizationHeaderMalformed',
  ],
  ...[
    ['another service', HEADER.replace('/s3/', '/ec2/')] as const,
    ['no signed host', HEADER.replace('host;', '')] as const,
    ['an upper-case header name', HEADER.replace('host;', 'host;Range;')] as const,
    ['a short signature', HEADER.slice(0, -1)] as const,
    ['no credential', HEADER.replace('Credential', 'Credentials')] as const,
  ].map(
    ([name, header]) =>
      [name, '/b/k', ['Authorization', header, ...DATE], 'AuthorizationHeaderMalformed'] as const,
  ),
  ...['0', '604801', '-1', '1e3', ''].map(
    (expires) =>
      [
        `a life of "${expires}" seconds`,
        presigned({ 'X-Amz-Expires': expires }),
        [],
        'AuthorizationQueryParametersError',
      ] as const,
  ),
  ['another algorithm', presigned({ 'X-Amz-Algorithm': 'AWS4' }), [], 'AuthorizationQueryParametersError'],
]

for (const [name, url, headers, code] of REFUSED) {
  test(`${name} is refused with ${code}`, () => {
    const read = readFrom(url, headers)
    assert.ok(isProblem(read), JSON.stringify(read))
    assert.equal(read.code, code)
  })
}
