import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, it } from 'node:test'
import {
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  type S3ServiceException,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { createRandomFile, createScratchFolder, MIB, type RandomFile, sha256Of } from '../random-file.ts'
import { describeAccess } from './describe-access.ts'
import { ODD_KEYS } from './odd-keys.ts'

const ALGORITHMS: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'SHA1', 'SHA256']
const md5Of = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

describeAccess('The AWS SDK for JavaScript', false, ({ access }) => {
  let client: S3Client
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let file: RandomFile
  let bytes: Buffer
  /** A bucket of these tests alone. */
  const Bucket = `sdk-${randomUUID()}`

  const newClient = (options = {}) => {
    const { endpoint, accessKeyId, secretAccessKey } = access()
    return new S3Client({
      endpoint,
      region: 'eu-west-1',
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
      ...options,
    })
  }
  const read = async (Key: string, options = {}) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...options }))
    return Buffer.from((await Body?.transformToByteArray()) ?? [])
  }
  const put = (Key: string, Body: Buffer | string = bytes) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body }))
  const refusal = (code: string, status: number) => (error: S3ServiceException) =>
    error.name === code && error.$metadata.httpStatusCode === status

  before(async () => {
    folder = await createScratchFolder()
    file = await createRandomFile(folder.path, 'aws-sdk', 11 * MIB + 17)
    bytes = (await readFile(file.path)).subarray(0, 100_000)
    client = newClient()
    await client.send(new CreateBucketCommand({ Bucket }))
  })
  after(async () => {
    client?.destroy()
    await folder?.remove()
  })

  it('puts and gets a buffer with its metadata', async () => {
    const { ETag } = await client.send(
      new PutObjectCommand({
        Bucket,
        Key: 'buffer',
        Body: bytes,
        ContentType: 'text/csv',
        CacheControl: 'max-age=60',
        ContentDisposition: 'inline; filename="a.csv"',
        Metadata: { colour: 'blue' },
      }),
    )
    assert.equal(ETag, `"${md5Of(bytes)}"`)
    const found = await client.send(new GetObjectCommand({ Bucket, Key: 'buffer' }))
    assert.deepEqual(Buffer.from((await found.Body?.transformToByteArray()) ?? []), bytes)
    const { ContentLength, ContentType, CacheControl, Metadata } = found
    assert.deepEqual(
      { ContentLength, ContentType, CacheControl, Metadata },
      {
        ContentLength: bytes.length,
        ContentType: 'text/csv',
        CacheControl: 'max-age=60',
        Metadata: { colour: 'blue' },
      },
    )
  })

  it('puts a stream of unknown length in chunks with a trailer', async () => {
    const Body = Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)])
    await new Upload({ client, params: { Bucket, Key: 'stream', Body } }).done()
    assert.deepEqual(await read('stream'), bytes)
  })

  it('puts a file stream with its length in one request', async () => {
    const Body = createReadStream(file.path)
    await client.send(new PutObjectCommand({ Bucket, Key: 'file', Body, ContentLength: file.sizeBytes }))
    assert.equal(await sha256Of([await read('file')] as unknown as AsyncIterable<Uint8Array>), file.sha256)
  })

  for (const ChecksumAlgorithm of ALGORITHMS) {
    it(`gets back the ${ChecksumAlgorithm} that it sent`, async () => {
      const Key = `checksum-${ChecksumAlgorithm}`
      const sent = await client.send(new PutObjectCommand({ Bucket, Key, Body: bytes, ChecksumAlgorithm }))
      const found = await client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
      const field = `Checksum${ChecksumAlgorithm}` as 'ChecksumCRC32'
      assert.ok(sent[field])
      assert.equal(found[field], sent[field])
      assert.deepEqual(await read(Key, { ChecksumMode: 'ENABLED' }), bytes)
    })
  }

  it('is refused with a wrong checksum, and nothing is stored', async () => {
    const put = new PutObjectCommand({ Bucket, Key: 'wrong', Body: bytes, ChecksumCRC32: 'AAAAAA==' })
    await assert.rejects(client.send(put), refusal('BadDigest', 400))
    await assert.rejects(read('wrong'), refusal('NoSuchKey', 404))
  })

  it('stores and finds odd keys', async () => {
    for (const key of ODD_KEYS) {
      await put(key, key)
      assert.equal(String(await read(key)), key)
    }
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }))
    const keys = new Set(Contents.map(({ Key }) => Key))
    assert.deepEqual(
      ODD_KEYS.filter((key) => !keys.has(key)),
      [],
    )
  })

  it('uploads large streams in parallel parts, also with the other checksums', async () => {
    for (const ChecksumAlgorithm of ['CRC32', 'SHA256', 'CRC64NVME'] as const) {
      const Key = `multipart-${ChecksumAlgorithm}`
      const params = { Bucket, Key, Body: file.read(), ChecksumAlgorithm }
      const { ETag } = await new Upload({ client, params, partSize: 5 * MIB }).done()
      assert.match(ETag ?? '', /^"[0-9a-f]{32}-3"$/)
      const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket, Key }))
      assert.equal(ContentLength, file.sizeBytes)
      const found = await read(Key, { ChecksumMode: 'ENABLED' })
      assert.equal(createHash('sha256').update(found).digest('hex'), file.sha256)
    }
  })

  it('joins chosen parts, and copies one from another object', async () => {
    await put('source', bytes)
    const place = { Bucket, Key: 'joined' }
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(place))
    const part = Buffer.alloc(5 * MIB, 'a')
    const upload = (PartNumber: number, Body: Buffer) =>
      client.send(new UploadPartCommand({ ...place, UploadId, PartNumber, Body }))
    const first = await upload(3, part)
    await upload(5, part)
    const copied = await client.send(
      new UploadPartCopyCommand({ ...place, UploadId, PartNumber: 7, CopySource: `${Bucket}/source` }),
    )
    const { Parts = [] } = await client.send(new ListPartsCommand({ ...place, UploadId }))
    assert.deepEqual(
      Parts.map(({ PartNumber, Size }) => [PartNumber, Size]),
      [
        [3, part.length],
        [5, part.length],
        [7, bytes.length],
      ],
    )
    const chosen = [
      { PartNumber: 3, ETag: first.ETag, ChecksumCRC32: first.ChecksumCRC32 },
      { PartNumber: 7, ETag: copied.CopyPartResult?.ETag },
    ]
    await client.send(
      new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts: chosen } }),
    )
    assert.deepEqual(await read('joined'), Buffer.concat([part, bytes]))
    await assert.rejects(upload(1, part), refusal('NoSuchUpload', 404))
  })

  it('uploads and downloads through presigned URLs, signed with the default checksum or without one', async () => {
    for (const requestChecksumCalculation of ['WHEN_SUPPORTED', 'WHEN_REQUIRED'] as const) {
      const signer = newClient({ requestChecksumCalculation })
      const place = { Bucket, Key: `presigned ${requestChecksumCalculation}` }
      const url = await getSignedUrl(signer, new PutObjectCommand(place), { expiresIn: 60 })
      const sent = await fetch(url, { method: 'PUT', body: new Uint8Array(bytes) })
      assert.equal(sent.status, 200, await sent.text())
      const found = await fetch(await getSignedUrl(signer, new GetObjectCommand(place), { expiresIn: 60 }))
      assert.deepEqual(await buffer(found.body ?? Readable.from([])), bytes)
      const changed = await fetch(url.replace('X-Amz-Expires=60', 'X-Amz-Expires=61'), {
        method: 'PUT',
        body: 'x',
      })
      assert.equal(changed.status, 403)
      assert.match(await changed.text(), /<Code>SignatureDoesNotMatch<\/Code>/)
      signer.destroy()
    }
  })

  it('lists in pages, with common prefixes', async () => {
    for (const name of ['a', 'b/1', 'b/2', 'c/1', 'd']) await put(`list/${name}`, name)
    const pages = []
    const request = { Bucket, Prefix: 'list/', Delimiter: '/', MaxKeys: 2 }
    for await (const page of paginateListObjectsV2({ client }, request)) {
      const { Contents = [], CommonPrefixes = [], KeyCount } = page
      pages.push([...Contents.map(({ Key }) => Key), ...CommonPrefixes.map(({ Prefix }) => Prefix), KeyCount])
    }
    assert.deepEqual(pages, [
      ['list/a', 'list/b/', 2],
      ['list/d', 'list/c/', 2],
    ])
  })

  it('reads ranges, and only under its conditions', async () => {
    const { ETag } = await put('conditions')
    assert.deepEqual(await read('conditions', { Range: 'bytes=5-9' }), bytes.subarray(5, 10))
    assert.deepEqual(await read('conditions', { Range: 'bytes=-7', IfMatch: ETag }), bytes.subarray(-7))
    await assert.rejects(read('conditions', { IfMatch: '"0"' }), refusal('PreconditionFailed', 412))
    await assert.rejects(read('conditions', { Range: 'bytes=100000-' }), refusal('InvalidRange', 416))
    const unchanged = new HeadObjectCommand({ Bucket, Key: 'conditions', IfNoneMatch: ETag })
    await assert.rejects(
      client.send(unchanged),
      (error: S3ServiceException) => error.$metadata.httpStatusCode === 304,
    )
  })

  it('writes only under its conditions', async () => {
    const write = (options: object) =>
      client.send(new PutObjectCommand({ Bucket, Key: 'once', Body: 'x', ...options }))
    const { ETag } = await write({ IfNoneMatch: '*' })
    await assert.rejects(write({ IfNoneMatch: '*' }), refusal('PreconditionFailed', 412))
    await assert.rejects(write({ IfMatch: '"0"' }), refusal('PreconditionFailed', 412))
    await write({ IfMatch: ETag, Body: 'y' })
    assert.equal(String(await read('once')), 'y')
  })

  it('copies an object with its metadata, and with other metadata onto itself', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'from +', Body: bytes, Metadata: { a: '1' } }))
    const CopySource = `${Bucket}/${encodeURIComponent('from +')}`
    await client.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource }))
    const copied = await client.send(new HeadObjectCommand({ Bucket, Key: 'to' }))
    assert.deepEqual([copied.Metadata, copied.ETag], [{ a: '1' }, `"${md5Of(bytes)}"`])
    assert.deepEqual(await read('to'), bytes)
    const onto = { Bucket, Key: 'from +', CopySource }
    await assert.rejects(client.send(new CopyObjectCommand(onto)), refusal('InvalidRequest', 400))
    await client.send(new CopyObjectCommand({ ...onto, MetadataDirective: 'REPLACE', Metadata: { b: '2' } }))
    const changed = await client.send(new HeadObjectCommand({ Bucket, Key: 'from +' }))
    assert.deepEqual(changed.Metadata, { b: '2' })
  })

  it('tells the attributes of an object', async () => {
    await put('attributes')
    const found = await client.send(
      new GetObjectAttributesCommand({
        Bucket,
        Key: 'attributes',
        ObjectAttributes: ['ETag', 'ObjectSize', 'Checksum', 'StorageClass'],
      }),
    )
    assert.deepEqual(
      [found.ETag, found.ObjectSize, found.StorageClass],
      [md5Of(bytes), bytes.length, 'STANDARD'],
    )
    assert.ok(found.Checksum?.ChecksumCRC32)
  })

  it('deletes one, many, and the bucket', async () => {
    const own = `sdk-${randomUUID()}`
    await client.send(new CreateBucketCommand({ Bucket: own }))
    const keys = ['a', 'b&<c>', 'd/']
    for (const Key of keys) await client.send(new PutObjectCommand({ Bucket: own, Key, Body: 'x' }))
    const remove = new DeleteBucketCommand({ Bucket: own })
    await assert.rejects(client.send(remove), refusal('BucketNotEmpty', 409))
    await client.send(new DeleteObjectCommand({ Bucket: own, Key: 'a' }))
    await client.send(new DeleteObjectCommand({ Bucket: own, Key: 'a' }))
    const Objects = ['b&<c>', 'd/', 'never'].map((Key) => ({ Key }))
    const { Deleted = [], Errors } = await client.send(
      new DeleteObjectsCommand({ Bucket: own, Delete: { Objects } }),
    )
    assert.deepEqual([Deleted.map(({ Key }) => Key), Errors], [['b&<c>', 'd/', 'never'], undefined])
    await client.send(remove)
  })
})
