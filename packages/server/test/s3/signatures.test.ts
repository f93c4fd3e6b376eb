import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { AwsV4Signer } from 'aws4fetch'
import { createS3Client, type S3TestApp, startS3App } from './start-s3-app.ts'

const nameOf = (name: string) => (error: Error) => error.name === name
const codeOf = (xml: string) => /<Code>(\w+)<\/Code>/.exec(xml)?.[1]
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

interface Sent {
  readonly method?: string
  readonly path: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Time of the signature as `YYYYMMDDTHHMMSSZ`. */
  readonly datetime?: string
  readonly secretAccessKey?: string
}

describe('signatures of S3', () => {
  let app: S3TestApp
  before(async () => {
    app = await startS3App()
    await app.client.send(new PutObjectCommand({ Bucket: app.bucket, Key: 'a', Body: 'content' }))
  })
  after(() => app.stop())

  /** Sends a request with a signature in its header. */
  const send = async ({ method = 'GET', path, body, headers = {}, ...more }: Sent) => {
    const signer = new AwsV4Signer({
      ...app.credentials,
      ...{ url: `${app.s3Url}${path}`, method, service: 's3', region: 'eu-1', headers, ...more },
      ...(body !== undefined && { body }),
    })
    const signed = await signer.sign()
    const response = await fetch(signed.url, {
      method,
      headers: { ...Object.fromEntries(signed.headers), ...headers },
      ...(body !== undefined && { body }),
    })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }

  it('refuses a request without a signature, with an XML error and ids', async () => {
    const response = await fetch(`${app.s3Url}/${app.bucket}/a`)
    const text = await response.text()
    assert.equal(response.status, 403)
    assert.equal(response.headers.get('content-type'), 'application/xml')
    assert.match(text, /^<\?xml version="1.0" encoding="UTF-8"\?>\s*<Error><Code>AccessDenied<\/Code>/)
    const id = response.headers.get('x-amz-request-id')
    assert.ok(id && response.headers.get('x-amz-id-2'))
    assert.match(text, new RegExp(`<RequestId>${id}</RequestId>`))
  })

  it('refuses a wrong secret with the strings that it has signed, and an unknown id', async () => {
    const path = `/${app.bucket}/a`
    const wrong = await send({ path, secretAccessKey: 'wrong' })
    assert.equal(wrong.status, 403)
    assert.equal(codeOf(wrong.text), 'SignatureDoesNotMatch')
    assert.match(wrong.text, /<StringToSign>AWS4-HMAC-SHA256&#xA;/)
    assert.match(wrong.text, new RegExp(`<CanonicalRequest>GET&#xA;${path}&#xA;`))
    const unknown = createS3Client(app.s3Url, { ...app.credentials, accessKeyId: 'WBAAAAAAAAAAAAAAAAAA' })
    await assert.rejects(
      unknown.send(new GetObjectCommand({ Bucket: app.bucket, Key: 'a' })),
      nameOf('InvalidAccessKeyId'),
    )
  })

  it('refuses a signature that is older than 15 minutes', async () => {
    const old = await send({ path: `/${app.bucket}/a`, datetime: '20200101T000000Z' })
    assert.equal(codeOf(old.text), 'RequestTimeTooSkewed')
  })

  it('answers a HEAD that fails with the status alone', async () => {
    const head = await send({ method: 'HEAD', path: `/${app.bucket}/absent` })
    assert.deepEqual([head.status, head.text], [404, ''])
  })

  it('stores no body that differs from its signed hash', async () => {
    const headers = { 'x-amz-content-sha256': sha256('other') }
    const put = await send({ method: 'PUT', path: `/${app.bucket}/hash`, body: 'content', headers })
    assert.deepEqual([put.status, codeOf(put.text)], [400, 'XAmzContentSHA256Mismatch'])
    assert.equal((await send({ path: `/${app.bucket}/hash` })).status, 404)
  })

  it('follows no document that differs from its signed hash', async () => {
    const body = `<Delete><Object><Key>a</Key></Object></Delete>`
    const headers = {
      'content-md5': createHash('md5').update(body).digest('base64'),
      'x-amz-content-sha256': sha256('other'),
    }
    const answer = await send({ method: 'POST', path: `/${app.bucket}?delete=`, body, headers })
    assert.equal(codeOf(answer.text), 'XAmzContentSHA256Mismatch')
    assert.equal((await send({ path: `/${app.bucket}/a` })).status, 200)
  })

  it('needs the length of a body', async () => {
    const headers = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' }
    const put = await send({ method: 'PUT', path: `/${app.bucket}/l`, body: '0\r\n\r\n', headers })
    assert.deepEqual([put.status, codeOf(put.text)], [411, 'MissingContentLength'])
  })

  it('refuses a document type, and a body that is no XML', async () => {
    for (const body of ['<!DOCTYPE x><Delete/>', 'no xml']) {
      const headers = { 'content-md5': createHash('md5').update(body).digest('base64') }
      const answer = await send({ method: 'POST', path: `/${app.bucket}?delete=`, body, headers })
      assert.deepEqual([answer.status, codeOf(answer.text)], [400, 'MalformedXML'])
    }
  })

  it('says how to sign instead, to a client of Signature Version 2', async () => {
    const answer = await fetch(`${app.s3Url}/${app.bucket}/a?AWSAccessKeyId=x&Signature=y&Expires=1`)
    assert.equal(answer.status, 400)
    assert.match(await answer.text(), /Please use AWS4-HMAC-SHA256/)
  })

  it('serves presigned downloads with headers of choice, and no other key', async () => {
    const command = new GetObjectCommand({
      ...{ Bucket: app.bucket, Key: 'a', ResponseContentDisposition: 'attachment; filename="b"' },
    })
    const url = await getSignedUrl(app.client, command, { expiresIn: 60 })
    const response = await fetch(url)
    assert.equal(response.headers.get('content-disposition'), 'attachment; filename="b"')
    assert.equal(await response.text(), 'content')
    const other = await fetch(url.replace('/a?', '/b?'))
    assert.equal(codeOf(await other.text()), 'SignatureDoesNotMatch')
    assert.equal((await fetch(url, { method: 'DELETE' })).status, 403)
  })

  it('accepts presigned uploads, also with the checksum of nothing that the SDK signs', async () => {
    const command = new PutObjectCommand({ Bucket: app.bucket, Key: 'presigned' })
    const url = await getSignedUrl(app.client, command)
    assert.match(url, /x-amz-checksum-crc32=AAAAAA/)
    assert.equal((await fetch(url, { method: 'PUT', body: 'uploaded' })).status, 200)
    const found = await app.client.send(new GetObjectCommand({ Bucket: app.bucket, Key: 'presigned' }))
    assert.equal(await found.Body?.transformToString(), 'uploaded')
    const copy = await fetch(url, { method: 'PUT', headers: { 'x-amz-copy-source': `/${app.bucket}/a` } })
    assert.equal(codeOf(await copy.text()), 'AccessDenied')
  })

  it('stores what headers in a presigned URL say, and refuses those that no header can have', async () => {
    const Metadata = { title: 'Größe' }
    const command = new PutObjectCommand({ Bucket: app.bucket, Key: 'hoisted', Metadata })
    const url = await getSignedUrl(app.client, command)
    assert.match(url, /x-amz-meta-title=/)
    assert.equal((await fetch(url, { method: 'PUT', body: 'x' })).status, 200)
    const found = await app.client.send(new HeadObjectCommand({ Bucket: app.bucket, Key: 'hoisted' }))
    assert.equal(Buffer.from(found.Metadata?.title ?? '', 'latin1').toString(), 'Größe')
    const broken = new PutObjectCommand({ Bucket: app.bucket, Key: 'hoisted', Metadata: { title: 'a\nb' } })
    const refused = await fetch(await getSignedUrl(app.client, broken), { method: 'PUT', body: 'x' })
    assert.equal(codeOf(await refused.text()), 'InvalidArgument')
  })

  it('accepts only the body whose hash a presigned URL names', async () => {
    const signer = new AwsV4Signer({
      ...{ ...app.credentials, method: 'PUT', service: 's3', region: 'eu-1', signQuery: true },
      url: `${app.s3Url}/${app.bucket}/pinned?X-Amz-Content-Sha256=${sha256('good')}`,
    })
    signer.hexBodyHash = async () => sha256('good')
    const { url } = await signer.sign()
    const put = (body: string, headers: Record<string, string> = {}) =>
      fetch(url, { method: 'PUT', body, headers })
    for (const headers of [{}, { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }]) {
      const refused = await put('evil', headers)
      assert.deepEqual([refused.status, codeOf(await refused.text())], [400, 'XAmzContentSHA256Mismatch'])
    }
    assert.equal((await put('good')).status, 200)
  })

  it('refuses the override of a header with characters that headers do not have', async () => {
    const command = new GetObjectCommand({
      ...{ Bucket: app.bucket, Key: 'a', ResponseContentDisposition: 'attachment; filename="漢"' },
    })
    const response = await fetch(await getSignedUrl(app.client, command))
    assert.deepEqual([response.status, codeOf(await response.text())], [400, 'InvalidArgument'])
  })

  it('names the File in presigned downloads, which no cache may keep', async () => {
    const command = new GetObjectCommand({ Bucket: app.bucket, Key: 'a' })
    const { headers } = await fetch(await getSignedUrl(app.client, command))
    assert.equal(headers.get('content-disposition'), 'attachment; filename=a')
    assert.equal(headers.get('cache-control'), 'no-store')
  })

  it('lets a key do what its scopes allow', async () => {
    const reader = await app.newClient(['files:read'])
    const writer = await app.newClient(['files:write'])
    const Bucket = app.bucket
    await reader.send(new GetObjectCommand({ Bucket, Key: 'a' }))
    await reader.send(new ListObjectsV2Command({ Bucket }))
    for (const request of [
      new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }),
      new DeleteObjectCommand({ Bucket, Key: 'a' }),
      new CreateBucketCommand({ Bucket: 'reader-bucket' }),
    ]) {
      await assert.rejects(reader.send(request as never), nameOf('AccessDenied'))
    }
    await assert.rejects(writer.send(new GetObjectCommand({ Bucket, Key: 'a' })), nameOf('AccessDenied'))
    await writer.send(new PutObjectCommand({ Bucket, Key: 'written', Body: 'x' }))
    const copy = new CopyObjectCommand({ Bucket, Key: 'copied', CopySource: `${Bucket}/a` })
    await assert.rejects(writer.send(copy), nameOf('AccessDenied'))
    const Delete = { Objects: [{ Key: 'written' }] }
    const { Errors } = await reader.send(new DeleteObjectsCommand({ Bucket, Delete }))
    assert.deepEqual(
      Errors?.map(({ Code }) => Code),
      ['AccessDenied'],
    )
    const { Deleted } = await writer.send(new DeleteObjectsCommand({ Bucket, Delete }))
    assert.deepEqual(Deleted, Delete.Objects)
  })

  it('ends credentials with the next pair, with their deletion, and with the pause of their key', async () => {
    const headers = { 'x-api-key': app.apiKey }
    const post = (path: string, method = 'POST') => fetch(`${app.baseUrl}${path}`, { method, headers })
    const created = await fetch(`${app.baseUrl}/api-keys`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ key_name: 'Pair' }),
    })
    const { id } = (await created.json()) as { id: string }
    const issue = async () => {
      const issued = (await (await post(`/api-keys/${id}/s3-credentials`)).json()) as Record<string, string>
      assert.match(issued.access_key_id ?? '', /^WB[A-Z2-7]{18}$/)
      assert.match(issued.secret_access_key ?? '', /^[0-9A-Za-z]{43}$/)
      const { access_key_id: accessKeyId = '', secret_access_key: secretAccessKey = '' } = issued
      return createS3Client(app.s3Url, { accessKeyId, secretAccessKey })
    }
    const read = (client: typeof app.client) =>
      client.send(new GetObjectCommand({ Bucket: app.bucket, Key: 'a' }))
    const first = await issue()
    await read(first)
    const second = await issue()
    await assert.rejects(read(first), nameOf('InvalidAccessKeyId'))
    await post(`/api-keys/${id}/pause`)
    await assert.rejects(read(second), nameOf('AccessDenied'))
    await post(`/api-keys/${id}/unpause`)
    await read(second)
    assert.equal((await post(`/api-keys/${id}/s3-credentials`, 'DELETE')).status, 204)
    await assert.rejects(read(second), nameOf('InvalidAccessKeyId'))
  })

  it('does not issue credentials of a key of another organization, or without the scope admin', async () => {
    const { apiKey, organizationId } = await app.addOrganization('org_stranger')
    const { items } = await app.context.database.apiKeys.list(app.organizationId, {
      ...{ limit: 1, skip: 0, after: null },
    })
    const send = (organizationId: string, apiKey: string, method: string) =>
      fetch(`${app.url}/v1/organizations/${organizationId}/api-keys/${items[0]?.id}/s3-credentials`, {
        ...{ method, headers: { 'x-api-key': apiKey } },
      })
    for (const method of ['POST', 'DELETE']) {
      assert.equal((await send(organizationId, apiKey, method)).status, 404)
      assert.equal((await send(app.organizationId, apiKey, method)).status, 403)
    }
  })

  it('has the same secrets after a restart, and none of them in its database or log', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'waybill-s3-'))
    try {
      // The key is in a file only beside an embedded database.
      const env = { DATABASE_URL: `sqlite:${join(dataDir, 'waybill.db')}`, S3_CREDENTIALS_KEY: '' }
      const first = await startS3App({ dataDir, env })
      await first.client.send(new PutObjectCommand({ Bucket: first.bucket, Key: 'kept', Body: 'x' }))
      await first.stop()
      const again = await startS3App({ dataDir, env })
      const client = createS3Client(again.s3Url, first.credentials)
      await client.send(new GetObjectCommand({ Bucket: first.bucket, Key: 'kept' }))
      await again.stop()
      const path = join(dataDir, 's3-credentials-key')
      assert.equal((await stat(path)).mode & 0o777, 0o600)
      const key = (await readFile(path, 'utf8')).trim()
      const database = await readFile(join(dataDir, 'waybill.db'), 'latin1')
      for (const secret of [first.credentials.secretAccessKey, key]) {
        for (const text of [database, first.output(), again.output()]) assert.ok(!text.includes(secret))
      }
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  })

  it('lets pages of CORS_ORIGINS use presigned URLs, and no other pages', async () => {
    const shared = await startS3App({ env: { CORS_ORIGINS: 'https://app.example.com' } })
    try {
      const command = new PutObjectCommand({ Bucket: shared.bucket, Key: 'page' })
      const url = await getSignedUrl(shared.client, command)
      const ask = (origin: string, method: string, headers: object, body?: string) =>
        fetch(url, { method, headers: { origin, ...headers }, ...(body && { body }) })
      const preflight = {
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type',
      }
      const allowed = await ask('https://app.example.com', 'OPTIONS', preflight)
      assert.equal(allowed.status, 204)
      assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://app.example.com')
      assert.match(allowed.headers.get('access-control-allow-methods') ?? '', /PUT/)
      const put = await ask('https://app.example.com', 'PUT', {}, 'page')
      assert.equal(put.status, 200)
      assert.match(put.headers.get('access-control-expose-headers') ?? '', /etag/)
      const other = await ask('https://other.example.com', 'OPTIONS', preflight)
      assert.notEqual(other.headers.get('access-control-allow-origin'), 'https://other.example.com')
    } finally {
      await shared.stop()
    }
  })

  it('asks a client beyond its rate limit to slow down', async () => {
    const limited = await startS3App({ env: { RATE_LIMIT_PER_MINUTE: '2' } })
    try {
      const list = () => limited.client.send(new ListObjectsV2Command({ Bucket: limited.bucket }))
      await list()
      await list()
      await assert.rejects(list(), nameOf('SlowDown'))
    } finally {
      await limited.stop()
    }
  })
})
