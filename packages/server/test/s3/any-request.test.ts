import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { canonicalRequest } from '../../src/protocols/s3/canonical-request.ts'
import { readHeaderFields } from '../../src/protocols/s3/header-fields.ts'
import { isProblem } from '../../src/protocols/s3/problem.ts'
import { parseRequestTarget } from '../../src/protocols/s3/request-target.ts'
import { deriveSigningKey, hmac } from '../../src/protocols/s3/signing-keys.ts'
import { parseXml } from '../../src/protocols/s3/xml/parse-xml.ts'
import { type S3TestApp, startS3App } from './start-s3-app.ts'

interface AnyRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const ODD_VALUES = [
  '',
  '0',
  '-1',
  '1',
  '2',
  '10000',
  '10001',
  '9999999999999999',
  'a',
  '%00',
  '%F0%9F%98%80',
  '%2F',
  'null',
]
const FIELDS = [
  ...['acl', 'attributes', 'delete', 'location', 'tagging', 'uploads', 'versioning', 'policy', 'list-type=2'],
  ...['uploadId', 'partNumber', 'prefix', 'delimiter', 'marker', 'start-after', 'continuation-token'],
  ...[
    'max-keys',
    'max-parts',
    'max-uploads',
    'max-buckets',
    'key-marker',
    'upload-id-marker',
    'part-number-marker',
  ],
  ...['encoding-type', 'encoding-type=url', 'versionId', 'response-content-type', 'x-id', 'fetch-owner'],
]
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  'if-match': ['*', '"a"', 'a, b', ''],
  'if-none-match': ['*', '"a"', 'W/"a"'],
  'if-modified-since': ['Thu, 15 Jan 2026 10:30:00 GMT', 'yesterday'],
  range: ['bytes=0-', 'bytes=-1', 'bytes=9-1', 'bytes=0-0,2-3', 'bytes=99999-', 'x'],
  'content-md5': ['', 'x', '1B2M2Y8AsgTpgAmY7PhCfg=='],
  'content-type': ['', 'text/plain', 'no type', 'application/xml'],
  'content-encoding': ['aws-chunked', 'gzip'],
  'x-amz-acl': ['private', 'public-read'],
  'x-amz-checksum-crc32': ['AAAAAA==', 'x'],
  'x-amz-checksum-sha256': ['47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
  'x-amz-checksum-algorithm': ['CRC32', 'SHA256', 'MD4'],
  'x-amz-checksum-type': ['FULL_OBJECT', 'COMPOSITE', 'x'],
  'x-amz-sdk-checksum-algorithm': ['CRC32', 'x'],
  'x-amz-checksum-mode': ['ENABLED'],
  'x-amz-expected-bucket-owner': ['org_default', 'x'],
  'x-amz-max-parts': ['0', '5', 'x'],
  'x-amz-part-number-marker': ['0', '5', 'x'],
  'x-amz-copy-source': ['/BUCKET/a', 'BUCKET/%', 'x', '/other/a', '/BUCKET/a?versionId=x'],
  'x-amz-copy-source-range': ['bytes=0-1', 'bytes=5-99', 'x'],
  'x-amz-metadata-directive': ['COPY', 'REPLACE', 'x'],
  'x-amz-meta-a': ['b', '\u00e9', ''],
  'x-amz-object-attributes': ['ETag', 'x', 'ObjectSize,Checksum,ObjectParts'],
  'x-amz-trailer': ['x-amz-checksum-crc32', 'x'],
  'x-amz-decoded-content-length': ['0', '5', 'x'],
  'x-amz-mp-object-size': ['0', 'x'],
}
const BODIES = [
  '',
  'hello',
  '<Delete><Object><Key>a</Key></Object><Object><Key>\u0001</Key></Object></Delete>',
  '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>',
  '<CreateBucketConfiguration/>',
  '<a><b></a>',
  '5\r\nhello\r\n0\r\n\r\n',
  '5;chunk-signature=0000\r\nhello\r\n0;chunk-signature=0000\r\n\r\n',
]
const PAYLOADS = [
  'UNSIGNED-PAYLOAD',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'x',
]

const anyField = fc
  .tuple(fc.constantFrom(...FIELDS), fc.option(fc.constantFrom(...ODD_VALUES)))
  .map(([name, value]) => (value === null || name.includes('=') ? name : `${name}=${value}`))
const anyHeaders = fc
  .uniqueArray(fc.constantFrom(...Object.keys(HEADERS)), { maxLength: 4 })
  .chain((names) =>
    fc
      .tuple(...names.map((name) => fc.constantFrom(...(HEADERS[name] ?? []))))
      .map(
        (values): Record<string, string> =>
          Object.fromEntries(names.map((name, at) => [name, values[at] ?? ''])),
      ),
  )
const anyRequest: fc.Arbitrary<AnyRequest> = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'DELETE'),
  path: fc
    .tuple(
      fc.constantFrom('/', '/BUCKET', '/BUCKET/', '/other', '/x_y', '//'),
      fc.constantFrom(
        '',
        '/a',
        '/dir/',
        '/..',
        '/%',
        '/%00',
        '/%FF',
        '/a%2Fb',
        `/${'k'.repeat(1025)}`,
        '//x',
      ),
      fc.array(anyField, { maxLength: 3 }),
    )
    .map(([bucket, key, fields]) => `${bucket}${key}${fields.length > 0 ? `?${fields.join('&')}` : ''}`),
  headers: fc
    .tuple(anyHeaders, fc.option(fc.constantFrom(...PAYLOADS)))
    .map(([headers, payload]) =>
      payload === null ? headers : { ...headers, 'x-amz-content-sha256': payload },
    ),
  body: fc.constantFrom(...BODIES),
})

describe('any signed request of S3', () => {
  let app: S3TestApp
  before(async () => {
    app = await startS3App({ env: { RATE_LIMIT_PER_MINUTE: '0' } })
    await app.client.send(new PutObjectCommand({ Bucket: app.bucket, Key: 'a', Body: 'content' }))
  })
  after(() => app.stop())

  /** Signs every header, as some clients do. */
  const sign = ({ method, path, headers, body }: AnyRequest): Record<string, string> => {
    const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
    const scope = { date: now.slice(0, 8), region: 'r' }
    const payloadHash = headers['x-amz-content-sha256'] ?? createHash('sha256').update(body).digest('hex')
    const signed: Record<string, string> = {
      ...headers,
      host: new URL(app.s3Url).host,
      'x-amz-date': now,
      'x-amz-content-sha256': payloadHash,
    }
    const target = parseRequestTarget(path)
    const signedHeaders = Object.keys(signed).toSorted()
    const fields = readHeaderFields(Object.entries(signed).flat())
    const query = isProblem(target) ? [] : target.query
    const canonical = canonicalRequest({
      ...{ method, path: path.split('?', 1)[0] ?? '', query, headers: fields, signedHeaders, payloadHash },
    })
    const scopeText = `${scope.date}/${scope.region}/s3/aws4_request`
    const hash = createHash('sha256').update(canonical, 'latin1').digest('hex')
    const key = deriveSigningKey(app.credentials.secretAccessKey, scope)
    const signature = hmac(key, `AWS4-HMAC-SHA256\n${now}\n${scopeText}\n${hash}`).toString('hex')
    const credential = `Credential=${app.credentials.accessKeyId}/${scopeText}`
    const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`
    return { ...signed, authorization }
  }

  const send = (any: AnyRequest): Promise<{ status: number; body: string }> => {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>()
    const { hostname, port } = new URL(app.s3Url)
    const headers = { ...sign(any), 'content-length': String(Buffer.byteLength(any.body)) }
    const sent = request({ hostname, port, method: any.method, path: any.path, headers }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject)
    })
    sent.on('error', reject)
    // Node would write headers as UTF-8 together with a text.
    sent.end(Buffer.from(any.body))
    return promise
  }

  it('is served or refused with an error of S3, and never fails', async () => {
    const statuses = new Map<number, number>()
    const named = (value: string) => value.replaceAll('BUCKET', app.bucket)
    await fc.assert(
      fc.asyncProperty(anyRequest, async (any) => {
        const { path, headers } = any
        const values = Object.entries(headers).map(([name, value]) => [name, named(value)])
        const { status, body } = await send({
          ...any,
          path: named(path),
          headers: Object.fromEntries(values),
        })
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        assert.notEqual(status, 500)
        assert.ok(!body.includes('SignatureDoesNotMatch'), body)
        if (status >= 400 && any.method !== 'HEAD')
          assert.ok(!isProblem(parseXml(Buffer.from(body), 'Error')), body)
      }),
      { numRuns: 1500 },
    )
    for (const status of [200, 204, 400, 404, 501]) assert.ok(statuses.has(status), `some have ${status}`)
  })
})
