import assert from 'node:assert/strict'
import { request } from 'node:http'
import { describe, it } from 'node:test'
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { AwsV4Signer } from 'aws4fetch'
import { defaultBucketName } from '../../src/domain/files/bucket.ts'
import { freePort } from '../free-port.ts'
import { startServer } from '../start-server.ts'
import { issueCredentials } from './issue-credentials.ts'
import { createS3Client } from './start-s3-app.ts'

describe('a server that stops while a client of S3 uploads', () => {
  it('exits, keeps the object that was there, and has counted the requests', async () => {
    const [s3Port, metricsPort] = [await freePort(), await freePort()]
    const env = { S3_LISTEN: `127.0.0.1:${s3Port}`, METRICS_PORT: String(metricsPort) }
    const server = await startServer({ env })
    const s3Url = `http://127.0.0.1:${s3Port}`
    try {
      const credentials = await issueCredentials(server.baseUrl, server.apiKey)
      const place = { Bucket: defaultBucketName(server.organizationId), Key: 'kept' }
      const client = createS3Client(s3Url, credentials)
      await client.send(new PutObjectCommand({ ...place, Body: 'old' }))
      const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
      assert.match(metrics, /waybill_http_requests_total\{method="PUT",route="\/s3",status="200"\} 1/)

      const url = `${s3Url}/${place.Bucket}/${place.Key}`
      const signed = await new AwsV4Signer({ ...credentials, url, method: 'PUT', service: 's3' }).sign()
      const headers = { ...Object.fromEntries(signed.headers), 'content-length': '1000000' }
      const upload = request(url, { method: 'PUT', headers })
      const { promise: closed, resolve } = Promise.withResolvers<void>()
      upload.on('error', () => {}).on('close', resolve)
      upload.write(Buffer.alloc(500_000))
      const read = new GetObjectCommand(place)
      await client.send(read)
      assert.equal(await server.kill('SIGTERM'), 0)
      await closed
      const again = await server.restart()
      const found = await client.send(read)
      assert.equal(await found.Body?.transformToString(), 'old')
      assert.equal(await again.kill('SIGTERM'), 0)
      client.destroy()
    } finally {
      await server.stop()
    }
  })
})
