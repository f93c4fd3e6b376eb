import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { NO_CONDITION } from '../../src/domain/files/write-condition.ts'
import { completionList } from '../../src/domain/uploads/completion-list.ts'
import { type S3TestApp, startS3App } from './start-s3-app.ts'

const MIB = 1024 * 1024
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest()
const nameOf = (name: string) => (error: Error) => error.name === name
/** Entity tag of an object of parts, as S3 computes it. */
const etagOf = (parts: readonly Buffer[]) =>
  `"${createHash('md5')
    .update(Buffer.concat(parts.map(md5)))
    .digest('hex')}-${parts.length}"`

describe('multipart uploads of S3', () => {
  let app: S3TestApp
  before(async () => {
    app = await startS3App({ isOnDisk: true })
  })
  after(() => app.stop())

  const begin = async (Key: string, more: object = {}) => {
    const created = await app.client.send(
      new CreateMultipartUploadCommand({ Bucket: app.bucket, Key, ...more }),
    )
    return { Bucket: app.bucket, Key, UploadId: created.UploadId }
  }
  type Begun = Awaited<ReturnType<typeof begin>>
  const send = async (upload: Begun, PartNumber: number, Body: Buffer): Promise<CompletedPart> => {
    const { ETag } = await app.client.send(new UploadPartCommand({ ...upload, PartNumber, Body }))
    return { PartNumber, ETag }
  }
  const complete = (upload: Begun, Parts: CompletedPart[], more: object = {}) =>
    app.client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more }))
  /** Leaves an upload as a crash does that comes after the record of a completion, and before its parts are joined. */
  const record = async ({ UploadId = '' }: Begun, parts: CompletedPart[]) => {
    const list = completionList(
      parts.map(({ PartNumber = 0, ETag }) => ({ number: PartNumber, etag: JSON.parse(ETag ?? '""') })),
    )
    const bytes = Buffer.from('a')
    const attributes = {
      ...{ etag: JSON.parse(etagOf([bytes])), headers: {}, metadata: {}, checksum: null, parts: null },
    }
    const completion = JSON.stringify({ attributes, condition: NO_CONDITION, list })
    await app.context.database.uploadSessions.saveProtocolState(app.organizationId, UploadId, completion)
  }
  const read = async (Key: string) => {
    const found = await app.client.send(new GetObjectCommand({ Bucket: app.bucket, Key }))
    return Buffer.from((await found.Body?.transformToByteArray()) ?? [])
  }
  const usage = async () => {
    const { organizations } = app.context.database
    const found = await organizations.find(app.organizationId)
    return { used: found?.storageUsedBytes, reserved: found?.storageReservedBytes }
  }

  it('stores what the upload of the SDK sends, in parallel parts with checksums', async () => {
    const bytes = Buffer.alloc(17 * MIB + 5, 'abc')
    const upload = new Upload({
      client: app.client,
      params: {
        ...{ Bucket: app.bucket, Key: 'big/file.bin', Body: Readable.from([bytes]) },
        ...{ ContentType: 'application/octet-stream', Metadata: { a: 'b' } },
      },
      partSize: 5 * MIB,
    })
    const done = await upload.done()
    const parts = [0, 5, 10, 15].map((start) => bytes.subarray(start * MIB, (start + 5) * MIB))
    assert.equal(done.ETag, etagOf(parts))
    const found = await app.client.send(
      new GetObjectCommand({ Bucket: app.bucket, Key: 'big/file.bin', ChecksumMode: 'ENABLED' }),
    )
    assert.deepEqual([found.ETag, found.Metadata, found.ChecksumType], [done.ETag, { a: 'b' }, 'COMPOSITE'])
    assert.ok(md5(Buffer.from((await found.Body?.transformToByteArray()) ?? [])).equals(md5(bytes)))
  })

  it('joins a subset of parts in any order of arrival, with the last upload of a number', async () => {
    const upload = await begin('subset')
    const [first, second, last] = [5, 6, 1].map((size, index) => Buffer.alloc(size * MIB, index + 65))
    assert.ok(first && second && last)
    const three = await send(upload, 9, last)
    await send(upload, 3, Buffer.from('dropped'))
    const one = await send(upload, 2, Buffer.from('replaced'))
    const again = await send(upload, 2, first)
    assert.notEqual(one.ETag, again.ETag)
    const two = await send(upload, 5, second)
    const done = await complete(upload, [again, two, three])
    assert.equal(done.ETag, etagOf([first, second, last]))
    assert.ok(md5(await read('subset')).equals(md5(Buffer.concat([first, second, last]))))
  })

  it('counts the bytes of parts in the quota, and only those of the object at the end', async () => {
    const before = await usage()
    const upload = await begin('counted')
    await send(upload, 1, Buffer.alloc(1000))
    const part = await send(upload, 2, Buffer.alloc(300))
    assert.equal((await usage()).reserved, (before.reserved ?? 0) + 1300)
    await complete(upload, [part])
    assert.deepEqual(await usage(), { used: (before.used ?? 0) + 300, reserved: before.reserved })
    const cancelled = await begin('cancelled')
    await send(cancelled, 1, Buffer.alloc(1000))
    await app.client.send(new AbortMultipartUploadCommand(cancelled))
    assert.deepEqual(await usage(), { used: (before.used ?? 0) + 300, reserved: before.reserved })
  })

  it('gives the bytes of a replaced part back to the quota', async () => {
    const before = await usage()
    const upload = await begin('replaced-part')
    await send(upload, 1, Buffer.alloc(1000))
    const part = await send(upload, 1, Buffer.alloc(300))
    assert.deepEqual(await usage(), { ...before, reserved: (before.reserved ?? 0) + 300 })
    await complete(upload, [part])
    assert.deepEqual(await usage(), { used: (before.used ?? 0) + 300, reserved: before.reserved })
  })

  it('answers the same completion again, also after its object was replaced or deleted', async () => {
    const upload = await begin('repeated')
    const part = await send(upload, 1, Buffer.from('part'))
    const answer = async () => {
      const { ETag, ChecksumCRC32C } = await complete(upload, [part])
      return { ETag, ChecksumCRC32C }
    }
    const done = await answer()
    const object = { Bucket: app.bucket, Key: 'repeated' }
    assert.deepEqual(await answer(), done)
    await app.client.send(new PutObjectCommand({ ...object, Body: 'newer' }))
    assert.deepEqual(await answer(), done)
    await app.client.send(new DeleteObjectCommand(object))
    assert.deepEqual(await answer(), done)
    await assert.rejects(read('repeated'), nameOf('NoSuchKey'))
  })

  it('completes each of several uploads of a key at once, of which the last one stays', async () => {
    const bodies = ['one', 'two', 'three', 'four'].map((text) => Buffer.from(text))
    const uploads = await Promise.all(
      bodies.map(async (body) => {
        const upload = await begin('contested')
        return { upload, part: await send(upload, 1, body) }
      }),
    )
    const completed = await Promise.all(uploads.map(({ upload, part }) => complete(upload, [part])))
    assert.deepEqual(
      completed.map(({ ETag }) => ETag),
      bodies.map((body) => etagOf([body])),
    )
    const kept = await read('contested')
    assert.ok(bodies.some((body) => body.equals(kept)))
  })

  it('completes one of several lists of parts at once, and answers the others that there is no upload', async () => {
    for (let round = 0; round < 5; round++) {
      const upload = await begin(`raced-${round}`)
      const bodies = ['one', 'two', 'three'].map((text) => Buffer.from(text))
      const parts = await Promise.all(bodies.map((body, index) => send(upload, index + 1, body)))
      const outcomes = await Promise.allSettled(
        [...parts, ...parts].map((part) => complete(upload, [part]).then(({ ETag }) => ETag)),
      )
      const bytes = await read(`raced-${round}`)
      const winner = bodies.findIndex((body) => body.equals(bytes))
      for (const [index, outcome] of outcomes.entries()) {
        if (index % 3 === winner) {
          assert.deepEqual(outcome, { status: 'fulfilled', value: etagOf([bytes]) })
        } else {
          assert.equal(outcome.status, 'rejected')
          assert.match(outcome.reason.name, /NoSuchUpload|InvalidPart/)
        }
      }
      await assert.rejects(complete(upload, parts), nameOf('NoSuchUpload'))
    }
  })

  it('lets a completion with other parts take the place of one that was given up', async () => {
    const upload = await begin('given-up')
    const [one, two] = [await send(upload, 1, Buffer.from('a')), await send(upload, 2, Buffer.from('b'))]
    await record(upload, [one])
    const other = await send(upload, 1, Buffer.from('replaced'))
    assert.notEqual(other.ETag, one.ETag)
    assert.equal((await complete(upload, [two])).ETag, etagOf([Buffer.from('b')]))
    assert.equal(String(await read('given-up')), 'b')
  })

  it('carries out a completion that was interrupted, also when another list comes next', async () => {
    const upload = await begin('interrupted')
    const [one, two] = [await send(upload, 1, Buffer.from('a')), await send(upload, 2, Buffer.from('b'))]
    await record(upload, [one])
    await assert.rejects(complete(upload, [two]), nameOf('NoSuchUpload'))
    assert.equal(String(await read('interrupted')), 'a')
    assert.equal((await complete(upload, [one])).ETag, etagOf([Buffer.from('a')]))
  })

  it('refuses small parts, unknown ones, a wrong order and wrong numbers', async () => {
    const upload = await begin('refused')
    const [one, two] = [await send(upload, 1, Buffer.from('a')), await send(upload, 2, Buffer.from('b'))]
    await assert.rejects(complete(upload, [one, two]), nameOf('EntityTooSmall'))
    await assert.rejects(complete(upload, [{ PartNumber: 3, ETag: two.ETag }]), nameOf('InvalidPart'))
    await assert.rejects(complete(upload, [{ PartNumber: 1, ETag: two.ETag }]), nameOf('InvalidPart'))
    await assert.rejects(complete(upload, [two, one]), nameOf('InvalidPartOrder'))
    await assert.rejects(complete(upload, []), nameOf('MalformedXML'))
    await assert.rejects(send(upload, 10_001, Buffer.from('a')), nameOf('InvalidArgument'))
    await complete(upload, [two])
    assert.equal(String(await read('refused')), 'b')
  })

  it('lists uploads and their parts, and none that have ended', async () => {
    const upload = await begin('listed/a')
    await send(upload, 4, Buffer.from('four'))
    await send(upload, 2, Buffer.from('two'))
    const parts = await app.client.send(new ListPartsCommand({ ...upload, MaxParts: 1 }))
    assert.deepEqual(
      [parts.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]), parts.IsTruncated],
      [[[2, 3]], true],
    )
    const rest = await app.client.send(
      new ListPartsCommand({ ...upload, PartNumberMarker: parts.NextPartNumberMarker }),
    )
    assert.deepEqual(
      rest.Parts?.map(({ PartNumber }) => PartNumber),
      [4],
    )
    const list = async () => {
      const { Uploads = [] } = await app.client.send(
        new ListMultipartUploadsCommand({ Bucket: app.bucket, Prefix: 'listed/' }),
      )
      return Uploads.map(({ Key, UploadId }) => ({ Bucket: app.bucket, Key, UploadId }))
    }
    assert.deepEqual(await list(), [upload])
    await app.client.send(new AbortMultipartUploadCommand(upload))
    assert.deepEqual(await list(), [])
    await assert.rejects(send(upload, 1, Buffer.from('late')), nameOf('NoSuchUpload'))
    await assert.rejects(app.client.send(new ListPartsCommand(upload)), nameOf('NoSuchUpload'))
  })

  it('completes only when the condition holds', async () => {
    await app.client.send(new PutObjectCommand({ Bucket: app.bucket, Key: 'condition', Body: 'old' }))
    const upload = await begin('condition')
    const part = await send(upload, 1, Buffer.from('new'))
    await assert.rejects(complete(upload, [part], { IfNoneMatch: '*' }), nameOf('PreconditionFailed'))
    assert.equal(String(await read('condition')), 'old')
    await complete(upload, [part])
    assert.equal(String(await read('condition')), 'new')
  })

  it('copies ranges of objects as parts', async () => {
    const source = Buffer.alloc(6 * MIB, 'source')
    await app.client.send(new PutObjectCommand({ Bucket: app.bucket, Key: 'source', Body: source }))
    const upload = await begin('copied')
    const copy = async (PartNumber: number, CopySourceRange?: string) => {
      const CopySource = `${app.bucket}/source`
      const copied = await app.client.send(
        new UploadPartCopyCommand({ ...upload, PartNumber, CopySource, CopySourceRange }),
      )
      return { PartNumber, ETag: copied.CopyPartResult?.ETag }
    }
    const parts = [await copy(1), await copy(2, 'bytes=1-9')]
    await complete(upload, parts)
    assert.ok((await read('copied')).equals(Buffer.concat([source, source.subarray(1, 10)])))
  })

  it('does not find an upload under another key, or of another organization', async () => {
    const upload = await begin('mine')
    const other = await app.newOrganization()
    await assert.rejects(
      app.client.send(new ListPartsCommand({ ...upload, Key: 'other' })),
      nameOf('NoSuchUpload'),
    )
    await assert.rejects(
      other.client.send(new ListPartsCommand({ ...upload, Bucket: other.bucket })),
      nameOf('NoSuchUpload'),
    )
  })
})
