import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { HostedStorage } from '../../src/storage/object-storage.ts'
import { bodyOf, isCode, specOf } from '../../src/storage/objects.conformance.ts'
import type { S3Location } from '../../src/storage/s3/s3-location.ts'
import { createClient } from '../api/client.ts'
import { type S3TestApp, startS3App } from '../s3/start-s3-app.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { createBucket, settingsOf } from './create-bucket.ts'
import { openBucket } from './open-bucket.ts'

const MIB = 1024 * 1024
/** One part of S3 and a tail. */
const BYTES = randomBytes(6 * MIB + 99)
const CHUNK_BYTES = 3 * MIB

describe('a service with its bytes on an S3 server', () => {
  let front: S3TestApp
  let location: S3Location
  let storage: HostedStorage
  let app: TestApp
  before(async () => {
    front = await startS3App()
    location = await createBucket({ endpoint: front.s3Url, ...front.credentials })
    app = await startApp({ env: settingsOf(location) })
    storage = await openBucket(location)
  })
  after(async () => {
    await storage.close()
    await app.stop()
    await front.stop()
  })

  it('stores an upload of several requests, and serves its bytes', async () => {
    const client = createClient(app)
    const sample = { filename: 'a.bin', mimeType: 'application/octet-stream', bytes: BYTES }
    const facts = { filename: 'a.bin', file_size: BYTES.length, mime_type: sample.mimeType }
    const opened = JSON.parse((await client.post('/files/upload-url', facts)).bytes.toString())
    for (let start = 0; start < BYTES.length; start += CHUNK_BYTES) {
      const end = Math.min(start + CHUNK_BYTES, BYTES.length)
      const headers = { 'content-range': `bytes ${start}-${end - 1}/${BYTES.length}` }
      const body = new Uint8Array(BYTES.subarray(start, end))
      const { status } = await fetch(opened.upload_url, { method: 'PUT', headers, body, redirect: 'manual' })
      assert.equal(status, end < BYTES.length ? 308 : 200)
      if (end < BYTES.length) assert.equal(await storage.uploads.offset(opened.gcs_path), end)
    }
    const registered = await client.post('/files', { ...facts, gcs_path: opened.gcs_path })
    const { id } = JSON.parse(registered.bytes.toString())
    const { download_url } = JSON.parse((await client.get(`/files/${id}/content`)).bytes.toString())
    assert.ok(download_url.startsWith(app.url))
    assert.ok(BYTES.equals(Buffer.from(await (await fetch(download_url)).arrayBuffer())))
    const range = await fetch(download_url, { headers: { range: 'bytes=1048570-1048580' } })
    assert.ok(BYTES.subarray(1_048_570, 1_048_581).equals(Buffer.from(await range.arrayBuffer())))
  })

  it('delivers no byte of a block that was changed in the bucket', async () => {
    const spec = specOf()
    await storage.write(spec, bodyOf(BYTES.subarray(0, 3 * MIB)), BYTES.length)
    const place = { Bucket: location.bucket, Key: spec.name }
    const { Body, Metadata } = await front.client.send(new GetObjectCommand(place))
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? [])
    bytes[2 * MIB + 5] = (bytes[2 * MIB + 5] ?? 0) ^ 1
    await front.client.send(new PutObjectCommand({ ...place, Body: bytes, Metadata }))
    const sound = await buffer(await storage.read(spec.name, { start: 10, end: 2 * MIB - 1 }))
    assert.ok(BYTES.subarray(10, 2 * MIB).equals(sound))
    const damaged = storage.read(spec.name, { start: 2 * MIB, end: 2 * MIB }).then(buffer)
    await assert.rejects(damaged, isCode('OBJECT_DAMAGED'))
  })

  it('does not open a bucket that does not exist, or with other credentials', async () => {
    const wrong = { accessKeyId: 'WBAAAAAAAAAAAAAAAAAA', secretAccessKey: 'wrong' }
    for (const [place, reason] of [
      [{ ...location, bucket: 'no-such-bucket' }, /does not exist|may not use/],
      [{ ...location, credentials: wrong }, /rejects the credentials/],
    ] as const) {
      await assert.rejects(openBucket(place), ({ cause }: { cause: Error }) => {
        assert.match(cause.message, reason)
        return true
      })
    }
  })

  it('opens while the server is away, and works when it is there again', async () => {
    const limits = { deadlineMs: 100, maxFailures: 1000 }
    const away = await openBucket({ ...location, endpoint: 'http://127.0.0.1:9' }, { limits })
    await assert.rejects(away.check(), isCode('STORAGE_UNAVAILABLE'))
    await away.close()
    await storage.check()
  })
})
