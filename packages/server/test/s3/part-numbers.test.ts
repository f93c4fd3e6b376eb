import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { type S3TestApp, startS3App } from './start-s3-app.ts'

const MIB = 1024 * 1024
const nameOf = (name: string) => (error: Error) => error.name === name
const PARTS = [5 * MIB, 5 * MIB, 6 * MIB, 3].map((size, index) => Buffer.alloc(size, 65 + index))

describe('parts of an object of S3', () => {
  let app: S3TestApp
  before(async () => {
    app = await startS3App()
    const Bucket = app.bucket
    const { UploadId } = await app.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }))
    const sent = PARTS.map(async (Body, index) => {
      // With a gap in front, as minio-js sends them.
      const PartNumber = 2 * index + 2
      const part = { Bucket, Key: 'parts', UploadId, PartNumber, Body }
      const { ETag } = await app.client.send(new UploadPartCommand(part))
      return { PartNumber, ETag }
    })
    const MultipartUpload = { Parts: await Promise.all(sent) }
    const upload = { Bucket, Key: 'parts', UploadId, MultipartUpload }
    await app.client.send(new CompleteMultipartUploadCommand(upload))
    await app.client.send(new PutObjectCommand({ Bucket, Key: 'whole', Body: '0123456789' }))
    await app.client.send(new PutObjectCommand({ Bucket, Key: 'empty', Body: '' }))
  })
  after(() => app.stop())

  const get = (Key: string, PartNumber: number, more: object = {}) =>
    app.client.send(new GetObjectCommand({ Bucket: app.bucket, Key, PartNumber, ...more }))
  const head = (Key: string, PartNumber: number) =>
    app.client.send(new HeadObjectCommand({ Bucket: app.bucket, Key, PartNumber }))

  it('are read by their place, with their number', async () => {
    const total = PARTS.reduce((sum, { length }) => sum + length, 0)
    let start = 0
    for (const [index, bytes] of PARTS.entries()) {
      const found = await get('parts', index + 1)
      assert.ok(
        bytes.equals((await found.Body?.transformToByteArray()) ?? Buffer.alloc(0)),
        `part ${index + 1}`,
      )
      const told = [found.$metadata.httpStatusCode, found.PartsCount, found.ContentRange]
      assert.deepEqual(told, [206, 4, `bytes ${start}-${start + bytes.length - 1}/${total}`])
      const headed = await head('parts', index + 1)
      assert.deepEqual([headed.ContentLength, headed.PartsCount], [bytes.length, 4])
      start += bytes.length
    }
  })

  it('are told for a copy too, whose entity tag is that of the source', async () => {
    const Bucket = app.bucket
    const copied = await app.client.send(
      new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/parts` }),
    )
    assert.match(copied.CopyObjectResult?.ETag ?? '', /-4"$/)
    assert.equal((await head('copy', 2)).PartsCount, 4)
  })

  it('are one part for an object that came in one request', async () => {
    const found = await get('whole', 1)
    assert.equal(await found.Body?.transformToString(), '0123456789')
    assert.deepEqual([found.ContentRange, found.PartsCount], ['bytes 0-9/10', undefined])
    assert.equal((await head('empty', 1)).ContentLength, 0)
  })

  for (const [key, number, code] of [
    ['parts', 5, 'InvalidPartNumber'],
    ['whole', 2, 'InvalidPartNumber'],
    ['parts', 0, 'InvalidArgument'],
    ['parts', 10_001, 'InvalidArgument'],
  ] as const) {
    it(`have no number ${number} in ${key}`, async () => {
      await assert.rejects(get(key, number), nameOf(code))
    })
  }

  it('are not read with a range', async () => {
    await assert.rejects(get('parts', 1, { Range: 'bytes=0-1' }), nameOf('InvalidRequest'))
  })

  it('are listed in pages with the attributes of the object', async () => {
    const ask = (more: object) =>
      app.client.send(
        new GetObjectAttributesCommand({
          ...{ Bucket: app.bucket, Key: 'parts', ObjectAttributes: ['ObjectParts', 'ObjectSize'] },
          ...more,
        }),
      )
    const first = await ask({ MaxParts: 3 })
    assert.equal(first.ObjectParts?.TotalPartsCount, 4)
    assert.deepEqual([first.ObjectParts?.IsTruncated, first.ObjectParts?.NextPartNumberMarker], [true, '3'])
    const rest = await ask({ MaxParts: 3, PartNumberMarker: first.ObjectParts?.NextPartNumberMarker })
    const sizes = [...(first.ObjectParts?.Parts ?? []), ...(rest.ObjectParts?.Parts ?? [])].map(
      ({ Size }) => Size,
    )
    assert.deepEqual(
      sizes,
      PARTS.map(({ length }) => length),
    )
    assert.equal(rest.ObjectParts?.IsTruncated, false)
  })
})
