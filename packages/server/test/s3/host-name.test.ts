import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { AwsV4Signer } from 'aws4fetch'
import { defaultBucketName } from '../../src/domain/files/bucket.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { issueCredentials, type S3Credentials } from './issue-credentials.ts'

interface Answer {
  readonly status: number | undefined
  readonly text: string
}

describe('S3 at a host name of the main port', () => {
  let app: TestApp
  let credentials: S3Credentials
  let bucket: string
  before(async () => {
    app = await startApp({ env: { S3_HOST: 's3.example.org' } })
    credentials = await issueCredentials(app.baseUrl, app.apiKey)
    bucket = defaultBucketName(app.organizationId)
  })
  after(() => app.stop())

  /** Signs for the host name, and sends to the port of the service. */
  const send = async (method: string, host: string, path: string, body?: string): Promise<Answer> => {
    const url = `http://${host}${path}`
    const signer = new AwsV4Signer({ ...credentials, url, method, service: 's3', ...(body && { body }) })
    const signed = await signer.sign()
    const headers = {
      ...Object.fromEntries(signed.headers),
      host,
      'content-length': String(body?.length ?? 0),
    }
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const sent = request(`${app.url}${path}`, { method, headers }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString()
      resolve({ status: response.statusCode, text })
    })
    sent.on('error', reject).end(body)
    return promise
  }

  it('names the bucket in the path', async () => {
    assert.equal((await send('PUT', 's3.example.org', `/${bucket}/in/path`, 'path')).status, 200)
    assert.deepEqual(await send('GET', 's3.example.org', `/${bucket}/in/path`), { status: 200, text: 'path' })
  })

  it('names the bucket in front of the host name', async () => {
    const host = `${bucket}.s3.example.org`
    assert.equal((await send('PUT', host, '/in/host', 'host')).status, 200)
    assert.deepEqual(await send('GET', host, '/in/host'), { status: 200, text: 'host' })
    assert.match((await send('GET', host, '/?prefix=in%2Fh')).text, /<Key>in\/host<\/Key>/)
  })

  it('leaves the other APIs on the same port alone', async () => {
    const response = await fetch(`${app.url}/v1/health`)
    assert.equal(response.status, 200)
    const wrong = await send('GET', 's3.example.org', '/v1/health')
    assert.match(wrong.text, /<Code>NoSuchBucket<\/Code>/)
  })
})
