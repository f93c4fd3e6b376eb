import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { examineS3 } from '../../src/storage/s3/examine-s3.ts'
import type { S3Location } from '../../src/storage/s3/s3-location.ts'
import { type S3TestApp, startS3App } from '../s3/start-s3-app.ts'
import { createBucket } from './create-bucket.ts'
import { startFaultyProxy } from './faulty-proxy.ts'

describe('the examination of an S3 server', () => {
  let front: S3TestApp
  let location: S3Location
  before(async () => {
    front = await startS3App()
    location = await createBucket({ endpoint: front.s3Url, ...front.credentials })
  })
  after(() => front.stop())

  it('finds everything that another Waybill can do', async () => {
    assert.deepEqual(await examineS3(location), {
      createsOnce: true,
      ifMatch: 'quoted',
      joinsSomeParts: true,
      verifiesMd5: true,
      copiesParts: true,
      isVersioned: false,
      refusesOtherSize: null,
      servesUrls: null,
    })
  })

  it('finds that a server copies no parts', async () => {
    const proxy = await startFaultyProxy(front.s3Url)
    proxy.refuse(/x-id=UploadPartCopy/, false)
    const { copiesParts, verifiesMd5 } = await examineS3({ ...location, endpoint: proxy.url })
    await proxy.close()
    assert.deepEqual([copiesParts, verifiesMd5], [false, true])
  })
})
