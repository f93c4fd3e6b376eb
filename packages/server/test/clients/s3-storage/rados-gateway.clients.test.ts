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
import { NO_RADOS_GATEWAY, type RadosGateway, startRadosGateway } from './start-rados-gateway.ts'

describe('the RADOS Gateway of Ceph', { skip: NO_RADOS_GATEWAY }, () => {
  let gateway: RadosGateway
  before(async () => {
    gateway = await startRadosGateway()
  })
  after(() => gateway.stop())

  describeS3Uploads('a bucket of Ceph', () => createBucket(gateway))

  describeS3Parts('a bucket of Ceph', () => createBucket(gateway))

  describeDirectUploads('a bucket of Ceph', () => createBucket(gateway))

  describeS3Faults('a bucket of Ceph', () => createBucket(gateway))

  describeKills('with its bytes in a bucket of Ceph', async () => settingsOf(await createBucket(gateway)))

  describeKilledParts('in a bucket of Ceph', async () => choiceOf(await createBucket(gateway)))

  describeStorage('a bucket of Ceph', async () => ({
    storage: await openBucket(await createBucket(gateway, 'a/prefix/')),
    remove: async () => {},
  }))
})
