import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3'
import { type S3TestApp, startS3App } from './start-s3-app.ts'

const nameOf = (name: string) => (error: Error) => error.name === name

describe('buckets of S3', () => {
  let app: S3TestApp
  before(async () => {
    app = await startS3App()
  })
  after(() => app.stop())

  it('lists the default bucket of the organization, and those that it created', async () => {
    await app.client.send(new CreateBucketCommand({ Bucket: 'listed-bucket' }))
    const { Buckets = [] } = await app.client.send(new ListBucketsCommand({}))
    assert.deepEqual(Buckets.map(({ Name }) => Name).toSorted(), ['listed-bucket', app.bucket].toSorted())
    await app.client.send(new DeleteBucketCommand({ Bucket: 'listed-bucket' }))
  })

  it('accepts the id of the organization as a name of its default bucket', async () => {
    await app.client.send(new PutObjectCommand({ Bucket: app.bucket, Key: 'alias', Body: 'x' }))
    const found = await app.client.send(new GetObjectCommand({ Bucket: app.organizationId, Key: 'alias' }))
    assert.equal(await found.Body?.transformToString(), 'x')
  })

  it('creates a bucket again for its organization, and not for another one', async () => {
    const other = await app.newOrganization()
    const create = new CreateBucketCommand({ Bucket: 'taken-bucket' })
    await app.client.send(create)
    await app.client.send(create)
    await app.client.send(new CreateBucketCommand({ Bucket: app.bucket }))
    await assert.rejects(other.client.send(create), nameOf('BucketAlreadyExists'))
    for (const Bucket of [app.bucket, app.organizationId, 'org-nobody']) {
      await assert.rejects(
        other.client.send(new CreateBucketCommand({ Bucket })),
        nameOf('BucketAlreadyExists'),
      )
    }
    await assert.rejects(
      app.client.send(new CreateBucketCommand({ Bucket: 'no_name' })),
      nameOf('InvalidBucketName'),
    )
  })

  it('keeps the same key in several buckets apart, and deletes a bucket only when it is empty', async () => {
    await app.client.send(new CreateBucketCommand({ Bucket: 'second-bucket' }))
    for (const Bucket of [app.bucket, 'second-bucket']) {
      await app.client.send(new PutObjectCommand({ Bucket, Key: 'same', Body: Bucket }))
    }
    const found = await app.client.send(new GetObjectCommand({ Bucket: app.bucket, Key: 'same' }))
    assert.equal(await found.Body?.transformToString(), app.bucket)
    const remove = new DeleteBucketCommand({ Bucket: 'second-bucket' })
    await assert.rejects(app.client.send(remove), nameOf('BucketNotEmpty'))
    await app.client.send(new DeleteObjectCommand({ Bucket: 'second-bucket', Key: 'same' }))
    await app.client.send(remove)
    await assert.rejects(
      app.client.send(new HeadBucketCommand({ Bucket: 'second-bucket' })),
      nameOf('NotFound'),
    )
    await assert.rejects(
      app.client.send(new DeleteBucketCommand({ Bucket: app.bucket })),
      nameOf('AccessDenied'),
    )
  })

  it('tells location, versioning and owner', async () => {
    const Bucket = app.bucket
    await app.client.send(new HeadBucketCommand({ Bucket }))
    const { LocationConstraint } = await app.client.send(new GetBucketLocationCommand({ Bucket }))
    assert.ok(!LocationConstraint)
    assert.equal((await app.client.send(new GetBucketVersioningCommand({ Bucket }))).Status, undefined)
    const acl = await app.client.send(new GetBucketAclCommand({ Bucket }))
    assert.equal(acl.Owner?.ID, app.organizationId)
  })

  it('does not take a subresource that it lacks for the plain operation', async () => {
    const Bucket = app.bucket
    await app.client.send(new PutObjectCommand({ Bucket, Key: 'tagged', Body: 'content' }))
    const TagSet = [{ Key: 'a', Value: 'b' }]
    await assert.rejects(
      app.client.send(new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: { TagSet } })),
      nameOf('NotImplemented'),
    )
    await assert.rejects(app.client.send(new GetBucketPolicyCommand({ Bucket })), nameOf('NotImplemented'))
    await assert.rejects(
      app.client.send(new PutObjectCommand({ Bucket, Key: 'tagged', Body: 'x', ACL: 'public-read' })),
      nameOf('NotImplemented'),
    )
    await assert.rejects(
      app.client.send(
        new PutObjectCommand({ Bucket, Key: 'tagged', Body: 'x', ServerSideEncryption: 'aws:kms' }),
      ),
      nameOf('NotImplemented'),
    )
    const found = await app.client.send(new GetObjectCommand({ Bucket, Key: 'tagged' }))
    assert.equal(await found.Body?.transformToString(), 'content')
  })

  it('refuses the bucket of another organization, and does not find one that nobody has', async () => {
    const other = await app.newOrganization()
    await app.client.send(new CreateBucketCommand({ Bucket: 'private-bucket' }))
    await app.client.send(new PutObjectCommand({ Bucket: app.bucket, Key: 'secret', Body: 'x' }))
    const cases = [
      [app.bucket, 'AccessDenied', 403],
      [app.organizationId, 'AccessDenied', 403],
      ['private-bucket', 'AccessDenied', 403],
      // The existence of an organization is a secret.
      ['org-that-nobody-has', 'AccessDenied', 403],
      ['no-such-bucket', 'NoSuchBucket', 404],
    ] as const
    for (const [Bucket, code, status] of cases) {
      const requests = [
        new ListObjectsV2Command({ Bucket }),
        new GetObjectCommand({ Bucket, Key: 'secret' }),
        new PutObjectCommand({ Bucket, Key: 'secret', Body: 'taken' }),
        new CopyObjectCommand({ Bucket: other.bucket, Key: 'stolen', CopySource: `${Bucket}/secret` }),
        new DeleteObjectCommand({ Bucket, Key: 'secret' }),
        new DeleteBucketCommand({ Bucket }),
      ]
      for (const request of requests) {
        await assert.rejects(other.client.send(request as never), nameOf(code), Bucket)
      }
      // The answer to HEAD has no body.
      await assert.rejects(
        other.client.send(new HeadBucketCommand({ Bucket })),
        (error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode === status,
        Bucket,
      )
    }
    const { KeyCount } = await other.client.send(new ListObjectsV2Command({ Bucket: other.bucket }))
    assert.equal(KeyCount, 0)
    const { Buckets = [] } = await other.client.send(new ListBucketsCommand({}))
    assert.deepEqual(
      Buckets.map(({ Name }) => Name),
      [other.bucket],
    )
  })

  it('refuses a request that expects another owner of the bucket', async () => {
    const head = (ExpectedBucketOwner: string) =>
      app.client.send(new HeadBucketCommand({ Bucket: app.bucket, ExpectedBucketOwner }))
    await head(app.organizationId)
    await assert.rejects(head('123456789012'))
  })

  it('lists pages of buckets', async () => {
    const other = await app.newOrganization()
    const names = ['paged-a', 'paged-b', 'paged-c']
    for (const Bucket of names) await other.client.send(new CreateBucketCommand({ Bucket }))
    const found: string[] = []
    let ContinuationToken: string | undefined
    do {
      const page = await other.client.send(
        new ListBucketsCommand({ Prefix: 'paged-', MaxBuckets: 2, ContinuationToken }),
      )
      found.push((page.Buckets ?? []).map(({ Name }) => Name).join())
      ContinuationToken = page.ContinuationToken
    } while (ContinuationToken !== undefined)
    assert.deepEqual(found, ['paged-a,paged-b', 'paged-c'])
  })

  it('creates no buckets when the operator does not allow it', async () => {
    const strict = await startS3App({ env: { S3_CREATE_BUCKETS: 'off' } })
    try {
      await strict.client.send(new CreateBucketCommand({ Bucket: strict.bucket }))
      await assert.rejects(
        strict.client.send(new CreateBucketCommand({ Bucket: 'not-allowed' })),
        nameOf('AccessDenied'),
      )
    } finally {
      await strict.stop()
    }
  })
})
