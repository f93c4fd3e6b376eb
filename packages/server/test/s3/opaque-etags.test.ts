import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { type S3TestApp, startS3App } from './start-s3-app.ts'

const MIB = 1024 * 1024
/** An MD5 has no hyphen. */
const OPAQUE = /^"[0-9a-f]{32}-0"$/
const refusal = (code: string, status: number) => (error: S3ServiceException) =>
  error.name === code && error.$metadata.httpStatusCode === status
const WRONG_MD5 = Buffer.alloc(16).toString('base64')

describe('with S3_ETAG=opaque', () => {
  let app: S3TestApp
  before(async () => {
    app = await startS3App({ env: { S3_ETAG: 'opaque' } })
  })
  after(() => app.stop())

  const placeOf = (Key: string) => ({ Bucket: app.bucket, Key })

  it('an object has an entity tag that is no MD5, and conditions apply to it', async () => {
    const place = placeOf('object')
    const { ETag = '' } = await app.client.send(new PutObjectCommand({ ...place, Body: 'content' }))
    assert.match(ETag, OPAQUE)
    assert.equal((await app.client.send(new HeadObjectCommand(place))).ETag, ETag)
    const found = await app.client.send(new GetObjectCommand({ ...place, IfMatch: ETag }))
    assert.equal(await found.Body?.transformToString(), 'content')
    const other = await app.client.send(new PutObjectCommand({ ...place, Body: 'changed', IfMatch: ETag }))
    assert.notEqual(other.ETag, ETag)
    const stale = new PutObjectCommand({ ...place, Body: 'stale', IfMatch: ETag })
    await assert.rejects(app.client.send(stale), refusal('PreconditionFailed', 412))
  })

  it('parts have such tags, which complete the upload', async () => {
    const place = placeOf('parts')
    const { UploadId } = await app.client.send(new CreateMultipartUploadCommand(place))
    const bodies = [randomBytes(5 * MIB), randomBytes(100)]
    const Parts = []
    for (const [index, Body] of bodies.entries()) {
      const part = { PartNumber: index + 1 }
      const { ETag } = await app.client.send(new UploadPartCommand({ ...place, UploadId, ...part, Body }))
      assert.match(ETag ?? '', OPAQUE)
      Parts.push({ ...part, ETag })
    }
    const listed = await app.client.send(new ListPartsCommand({ ...place, UploadId }))
    assert.deepEqual(
      listed.Parts?.map(({ ETag }) => ETag),
      Parts.map(({ ETag }) => ETag),
    )
    const completion = { ...place, UploadId, MultipartUpload: { Parts } }
    const { ETag } = await app.client.send(new CompleteMultipartUploadCommand(completion))
    assert.match(ETag ?? '', OPAQUE)
    const found = await app.client.send(new GetObjectCommand({ ...place, IfMatch: ETag }))
    const bytes = Buffer.from((await found.Body?.transformToByteArray()) ?? [])
    assert.ok(bytes.equals(Buffer.concat(bodies)))
  })

  it('an announced MD5 is still verified', async () => {
    const place = placeOf('announced')
    const put = new PutObjectCommand({ ...place, Body: 'content', ContentMD5: WRONG_MD5 })
    await assert.rejects(app.client.send(put), refusal('BadDigest', 400))
    const { UploadId } = await app.client.send(new CreateMultipartUploadCommand(place))
    const part = { ...place, UploadId, PartNumber: 1, Body: 'content', ContentMD5: WRONG_MD5 }
    await assert.rejects(app.client.send(new UploadPartCommand(part)), refusal('BadDigest', 400))
    const { Parts } = await app.client.send(new ListPartsCommand({ ...place, UploadId }))
    assert.equal(Parts, undefined)
  })
})
