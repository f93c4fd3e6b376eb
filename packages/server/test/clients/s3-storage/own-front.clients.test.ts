import { after, before, describe } from 'node:test'
import { describeStorage } from '../../../src/storage/storage.conformance.ts'
import { describeKills } from '../../faults/kill-nine.conformance.ts'
import { describeKilledParts } from '../../faults/killed-parts.conformance.ts'
import { choiceOf } from '../../s3-storage/choice-of.ts'
import { createBucket, settingsOf } from '../../s3-storage/create-bucket.ts'
import { describeDirectUploads } from '../../s3-storage/direct-uploads.conformance.ts'
import { openBucket } from '../../s3-storage/open-bucket.ts'
import { describeS3Faults } from '../../s3-storage/s3-faults.conformance.ts'
import { describeS3Parts } from '../../s3-storage/s3-parts.conformance.ts'
import { describeS3Uploads } from '../../s3-storage/s3-uploads.conformance.ts'
import { type S3Service, startS3Service } from '../s3/s3-service.ts'

describe('the S3 interface of another Waybill', () => {
  let service: S3Service
  before(async () => {
    service = await startS3Service()
  })
  after(() => service.stop())

  describeS3Uploads('another Waybill', () => createBucket(service))

  describeS3Parts('another Waybill', () => createBucket(service))

  describeDirectUploads('another Waybill', () => createBucket(service))

  describeS3Faults('another Waybill', () => createBucket(service))

  describeKills('with its bytes in another Waybill', async () => settingsOf(await createBucket(service)))

  describeKilledParts('in another Waybill', async () => choiceOf(await createBucket(service)))

  describeStorage('a bucket of another Waybill', async () => ({
    storage: await openBucket(await createBucket(service, 'a/prefix/')),
    remove: async () => {},
  }))
})
