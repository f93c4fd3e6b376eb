import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { jobCaller } from '../../src/domain/access/caller.ts'
import { NO_CONDITION } from '../../src/domain/files/write-condition.ts'
import { completionList } from '../../src/domain/uploads/completion-list.ts'
import { NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import { registerCompleteUploads } from '../../src/jobs/tasks/register-complete-uploads.ts'
import { type S3TestApp, startS3App } from './start-s3-app.ts'

describe('a completion of S3 that stopped before its File was recorded', () => {
  let app: S3TestApp
  before(async () => {
    app = await startS3App()
  })
  after(() => app.stop())

  /** Leaves an upload as a crash does, between the creation of its object and the record of its File. */
  const interrupt = async (Key: string) => {
    const Bucket = app.bucket
    await app.client.send(new PutObjectCommand({ Bucket, Key, Body: 'old' }))
    const { UploadId = '' } = await app.client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    const part = { Bucket, Key, UploadId, PartNumber: 1 }
    const { ETag } = await app.client.send(new UploadPartCommand({ ...part, Body: 'new' }))
    const { database, storage } = app.context
    const session = await database.uploadSessions.findByFileId(app.organizationId, UploadId)
    assert.ok(session)
    const attributes = { etag: 'tag-1', headers: {}, metadata: { a: 'b' }, checksum: null, parts: null }
    const list = completionList([{ number: 1, etag: JSON.parse(ETag ?? '""') }])
    const completion = JSON.stringify({ attributes, condition: NO_CONDITION, list })
    await database.uploadSessions.saveProtocolState(app.organizationId, UploadId, completion)
    const { objectName: name, contentType } = session
    const joined = await storage.parts.complete(
      { name, contentType },
      [{ partId: '1', version: null }],
      NO_HASHES,
    )
    assert.equal(joined.kind, 'object')
    return { Bucket, Key, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }
  }

  const assertReplaced = async (Key: string) => {
    const found = await app.client.send(new GetObjectCommand({ Bucket: app.bucket, Key }))
    assert.equal(await found.Body?.transformToString(), 'new')
    assert.deepEqual([found.ETag, found.Metadata], ['"tag-1"', { a: 'b' }])
    const organization = await app.context.database.organizations.find(app.organizationId)
    assert.equal(organization?.storageReservedBytes, 0)
  }

  it('is finished by the client that completes again', async () => {
    const upload = await interrupt('by-client')
    await app.client.send(new CompleteMultipartUploadCommand(upload))
    await assertReplaced('by-client')
  })

  it('is finished by the job that registers complete uploads', async () => {
    await interrupt('by-job')
    // The job leaves uploads alone that became complete just now.
    const later = { ...app.context, now: () => Date.now() + 10 * 60_000 }
    const run = {
      caller: jobCaller('register'),
      signal: AbortSignal.timeout(60_000),
      afterId: '',
      limit: 10,
    }
    const { registered } = await registerCompleteUploads(later, run)
    assert.equal(registered, 1)
    await assertReplaced('by-job')
  })
})
