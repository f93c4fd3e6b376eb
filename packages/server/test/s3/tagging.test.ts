import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  GetBucketTaggingCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  type S3ServiceException,
} from '@aws-sdk/client-s3'
import { type S3TestApp, startS3App } from './start-s3-app.ts'

const refusal = (code: string, status: number) => (error: S3ServiceException) =>
  error.name === code && error.$metadata.httpStatusCode === status

describe('tags in S3', () => {
  let app: S3TestApp
  before(async () => {
    app = await startS3App()
  })
  after(() => app.stop())

  it('of an object are none', async () => {
    const place = { Bucket: app.bucket, Key: 'a' }
    await app.client.send(new PutObjectCommand({ ...place, Body: 'x' }))
    const { TagSet } = await app.client.send(new GetObjectTaggingCommand(place))
    assert.deepEqual(TagSet, [])
    const other = new GetObjectTaggingCommand({ ...place, Key: 'b' })
    await assert.rejects(app.client.send(other), refusal('NoSuchKey', 404))
  })

  it('of a bucket are none', async () => {
    const own = new GetBucketTaggingCommand({ Bucket: app.bucket })
    await assert.rejects(app.client.send(own), refusal('NoSuchTagSet', 404))
    const other = new GetBucketTaggingCommand({ Bucket: 'no-such-bucket' })
    await assert.rejects(app.client.send(other), refusal('NoSuchBucket', 404))
  })
})
