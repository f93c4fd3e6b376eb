import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { AwsV4Signer } from 'aws4fetch'
import { type S3TestApp, startS3App } from './start-s3-app.ts'

const MIB = 1024 * 1024
const md5 = (bytes: Buffer | string) => createHash('md5').update(bytes).digest('hex')
const nameOf = (name: string) => (error: Error) => error.name === name

describe('objects of S3', () => {
  let app: S3TestApp
  before(async () => {
    app = await startS3App()
  })
  after(() => app.stop())

  const put = (Key: string, Body: string | Buffer, more: object = {}) =>
    app.client.send(new PutObjectCommand({ Bucket: app.bucket, Key, Body, ...more }))
  const get = (Key: string, more: object = {}) =>
    app.client.send(new GetObjectCommand({ Bucket: app.bucket, Key, ...more }))
  const read = async (Key: string, more: object = {}) =>
    Buffer.from((await (await get(Key, more)).Body?.transformToByteArray()) ?? [])

  it('stores an object with its type, headers and metadata, and returns all of them', async () => {
    const stored = await put('dir/hello.txt', 'hello', {
      ContentType: 'text/plain',
      CacheControl: 'max-age=60',
      Metadata: { owner: 'me' },
    })
    assert.equal(stored.ETag, `"${md5('hello')}"`)
    const found = await get('dir/hello.txt', { ChecksumMode: 'ENABLED' })
    assert.equal(await found.Body?.transformToString(), 'hello')
    assert.deepEqual(
      [found.ContentType, found.CacheControl, found.Metadata, found.ETag, found.ContentLength],
      ['text/plain', 'max-age=60', { owner: 'me' }, stored.ETag, 5],
    )
    assert.equal(found.ChecksumCRC32, stored.ChecksumCRC32)
    const head = await app.client.send(new HeadObjectCommand({ Bucket: app.bucket, Key: 'dir/hello.txt' }))
    assert.deepEqual([head.ContentLength, head.ETag], [5, stored.ETag])
  })

  /** Sends a body with exactly this type; the SDK would add one of its own. */
  const sendPlain = async (key: string, body: Buffer, contentType: string | undefined) => {
    const signer = new AwsV4Signer({
      ...{ ...app.credentials, service: 's3', region: 'us-east-1', method: 'PUT' },
      url: `${app.s3Url}/${app.bucket}/${key}`,
      headers: contentType === undefined ? {} : { 'content-type': contentType },
      body: new Uint8Array(body),
    })
    const { url, headers } = await signer.sign()
    const response = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(body) })
    assert.equal(response.status, 200, await response.text())
  }

  const PNG = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  for (const [name, bytes, declared, stored, told] of [
    ['its type', Buffer.from('a,b'), 'text/csv; header=present', 'text/csv; header=present', undefined],
    ['the type that says nothing', PNG, 'binary/octet-stream', 'binary/octet-stream', undefined],
    ['no type, with the detected one', PNG, undefined, 'image/png', undefined],
    ['a type that its bytes contradict', PNG, 'image/jpeg', 'application/octet-stream', 'image/jpeg'],
    [
      'a type that its name suggests wrongly',
      Buffer.from('const a = 1'),
      'video/mp4',
      'application/octet-stream',
      'video/mp4',
    ],
  ] as const) {
    it(`keeps ${name}, in one request, in parts and in a copy`, async () => {
      const expected = [stored, told]
      const Bucket = app.bucket
      const typeOf = async (Key: string) => {
        const { ContentType, Metadata } = await app.client.send(new HeadObjectCommand({ Bucket, Key }))
        return [ContentType, Metadata?.['declared-type']]
      }
      // The SDK would add a type of its own.
      await sendPlain('typed/one', bytes, declared)
      assert.deepEqual(await typeOf('typed/one'), expected)
      const created = { Bucket, Key: 'typed/parts', ContentType: declared }
      const { UploadId } = await app.client.send(new CreateMultipartUploadCommand(created))
      const part = { Bucket, Key: 'typed/parts', UploadId, PartNumber: 1 }
      const { ETag } = await app.client.send(new UploadPartCommand({ ...part, Body: bytes }))
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
      await app.client.send(
        new CompleteMultipartUploadCommand({ Bucket, Key: 'typed/parts', UploadId, MultipartUpload }),
      )
      assert.deepEqual(await typeOf('typed/parts'), expected)
      if (declared === undefined) return
      await put('typed/source', bytes)
      const CopySource = `${Bucket}/typed/source`
      const copy = { Bucket, Key: 'typed/copy', CopySource, MetadataDirective: 'REPLACE' as const }
      await app.client.send(new CopyObjectCommand({ ...copy, ContentType: declared }))
      assert.deepEqual(await typeOf('typed/copy'), expected)
    })
  }

  it('refuses a copy with a type that the operator does not allow', async () => {
    const strict = await startS3App({ env: { ALLOWED_MIME_TYPES: 'text/csv' } })
    try {
      const Bucket = strict.bucket
      const source = { Bucket, Key: 'source', Body: 'a,b', ContentType: 'text/csv' }
      await strict.client.send(new PutObjectCommand(source))
      const copy = {
        Bucket,
        Key: 'copy',
        CopySource: `${Bucket}/source`,
        MetadataDirective: 'REPLACE' as const,
      }
      await assert.rejects(
        strict.client.send(new CopyObjectCommand({ ...copy, ContentType: 'text/plain' })),
        nameOf('InvalidArgument'),
      )
      await assert.rejects(
        strict.client.send(new GetObjectCommand({ Bucket, Key: 'copy' })),
        nameOf('NoSuchKey'),
      )
    } finally {
      await strict.stop()
    }
  })

  it('shows an object as a File with its folder and name, and a File as an object', async () => {
    await put('a/b/shown.txt', 'shown', { ContentType: 'text/plain' })
    const response = await fetch(`${app.baseUrl}/files`, { headers: { 'x-api-key': app.apiKey } })
    const { files } = (await response.json()) as { files: { original_filename: string; md5: string }[] }
    const file = files.find(({ original_filename }) => original_filename === 'shown.txt')
    assert.equal(file?.md5, md5('shown'))
    const form = new FormData()
    form.append('file', new Blob(['direct'], { type: 'text/plain' }), 'direct.txt')
    const upload = { method: 'POST', headers: { 'x-api-key': app.apiKey }, body: form }
    assert.equal((await fetch(`${app.baseUrl}/files/upload`, upload)).status, 201)
    const found = await get('direct.txt')
    assert.equal(await found.Body?.transformToString(), 'direct')
    assert.match(found.ETag ?? '', /^"[0-9a-f]{32}-0"$/)
  })

  it('stores a stream of unknown chunks with a checksum in its trailer', async () => {
    const bytes = Buffer.alloc(3 * MIB + 17, 'x')
    const pieces = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, index) =>
      bytes.subarray(index * 65_536, (index + 1) * 65_536),
    )
    await app.client.send(
      new PutObjectCommand({
        ...{ Bucket: app.bucket, Key: 'stream.bin', Body: Readable.from(pieces) },
        ContentLength: bytes.length,
      }),
    )
    assert.equal(md5(await read('stream.bin')), md5(bytes))
  })

  it('stores an empty object, and keys with slashes and characters of every kind', async () => {
    for (const key of ['empty', 'folder/', 'a//b', "é/ü (1)'!*~+ &=?#%25.txt", '😀', 'x'.repeat(1024)]) {
      await put(key, '')
      assert.equal((await read(key)).length, 0, key)
    }
  })

  it('refuses keys that are too long or that a proxy would change', async () => {
    await assert.rejects(put('x'.repeat(1025), ''), nameOf('KeyTooLongError'))
    await assert.rejects(put(`file_${'0198f3ab'.repeat(4)}/a`, ''), nameOf('InvalidArgument'))
  })

  it('replaces the object of a key', async () => {
    await put('again', 'one')
    await put('again', 'three')
    assert.equal(String(await read('again')), 'three')
    const { Contents } = await app.client.send(
      new ListObjectsV2Command({ Bucket: app.bucket, Prefix: 'again' }),
    )
    assert.deepEqual(
      Contents?.map(({ Key, Size }) => [Key, Size]),
      [['again', 5]],
    )
  })

  it('writes only when the condition holds', async () => {
    await put('once', 'one', { IfNoneMatch: '*' })
    await assert.rejects(put('once', 'two', { IfNoneMatch: '*' }), nameOf('PreconditionFailed'))
    await assert.rejects(put('once', 'two', { IfMatch: '"other"' }), nameOf('PreconditionFailed'))
    await put('once', 'two', { IfMatch: `"${md5('one')}"` })
    assert.equal(String(await read('once')), 'two')
  })

  it('reads ranges, and only what the conditions allow', async () => {
    await put('range', '0123456789')
    assert.equal(String(await read('range', { Range: 'bytes=2-4' })), '234')
    assert.equal(String(await read('range', { Range: 'bytes=-3' })), '789')
    const part = await get('range', { Range: 'bytes=2-4' })
    assert.equal(part.ContentRange, 'bytes 2-4/10')
    await assert.rejects(get('range', { Range: 'bytes=10-' }), nameOf('InvalidRange'))
    await assert.rejects(get('range', { IfMatch: '"other"' }), nameOf('PreconditionFailed'))
    await assert.rejects(
      get('range', { IfNoneMatch: `"${md5('0123456789')}"` }),
      (error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode === 304,
    )
  })

  it('reads a range only of the object that If-Range names', async () => {
    const { ETag = '', LastModified } = await put('resumed', '0123456789').then(() => get('resumed'))
    for (const [ifRange, text] of [
      [ETag, '234'],
      [LastModified?.toUTCString() ?? '', '234'],
      ['"other"', '0123456789'],
    ] as const) {
      const signer = new AwsV4Signer({
        ...{ ...app.credentials, service: 's3', region: 'us-east-1' },
        url: `${app.s3Url}/${app.bucket}/resumed`,
        headers: { range: 'bytes=2-4', 'if-range': ifRange },
      })
      const { url, headers } = await signer.sign()
      assert.equal(await (await fetch(url, { headers })).text(), text, ifRange)
    }
  })

  it('keeps a header whose last letter ends in a byte like a space of Latin-1', async () => {
    const command = new PutObjectCommand({ Bucket: app.bucket, Key: 'letters' })
    const url = await getSignedUrl(app.client, command)
    const sent = Buffer.from('inline; filename=voilà').toString('latin1')
    const headers = { 'content-disposition': sent }
    assert.equal((await fetch(url, { method: 'PUT', body: 'x', headers })).status, 200)
    assert.equal((await get('letters')).ContentDisposition, sent)
  })

  for (const type of ['application/json', 'application/geo+json', 'text/json']) {
    it(`tells the type ${type} as it was stored, also without a body`, async () => {
      const types: (string | undefined)[] = []
      for (const body of ['{}', '']) {
        await put('typed.json', body, { ContentType: type })
        const head = await app.client.send(new HeadObjectCommand({ Bucket: app.bucket, Key: 'typed.json' }))
        types.push(head.ContentType, (await get('typed.json')).ContentType)
      }
      assert.deepEqual(types, [type, type, type, type])
    })
  }

  it('adds no headers to an object that a client would copy with it', async () => {
    await put('dir/plain.bin', 'x')
    const found = await get('dir/plain.bin')
    assert.deepEqual([found.ContentDisposition, found.CacheControl], [undefined, undefined])
  })

  it('deletes only the object with one of the entity tags', async () => {
    await put('conditional', 'x')
    const remove = (IfMatch: string) =>
      app.client.send(new DeleteObjectCommand({ Bucket: app.bucket, Key: 'conditional', IfMatch }))
    await assert.rejects(remove('"a", "b"'), nameOf('PreconditionFailed'))
    await remove(`"a", "${md5('x')}"`)
    await assert.rejects(get('conditional'), nameOf('NoSuchKey'))
  })

  it('copies an object onto itself with a storage class, and not without any change', async () => {
    await put('itself', 'x', { Metadata: { a: 'b' } })
    const copy = (more: object) =>
      app.client.send(
        new CopyObjectCommand({
          ...{ Bucket: app.bucket, Key: 'itself', CopySource: `${app.bucket}/itself`, ...more },
        }),
      )
    await assert.rejects(copy({}), nameOf('InvalidRequest'))
    await copy({ StorageClass: 'STANDARD' })
    const found = await get('itself')
    assert.deepEqual([await found.Body?.transformToString(), found.Metadata], ['x', { a: 'b' }])
  })

  it('tells that there is no such key or bucket', async () => {
    await assert.rejects(get('absent'), nameOf('NoSuchKey'))
    await assert.rejects(
      app.client.send(new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'a' })),
      nameOf('NoSuchBucket'),
    )
    await assert.rejects(
      app.client.send(new HeadObjectCommand({ Bucket: app.bucket, Key: 'absent' })),
      nameOf('NotFound'),
    )
  })

  it('refuses a body that differs from its checksum, and stores nothing', async () => {
    await assert.rejects(
      put('wrong', 'hello', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }),
      nameOf('BadDigest'),
    )
    await assert.rejects(put('wrong', 'hello', { ChecksumCRC32: 'AAAAAA==' }), nameOf('BadDigest'))
    await assert.rejects(get('wrong'), nameOf('NoSuchKey'))
  })

  it('lists pages of keys and common prefixes', async () => {
    for (const key of ['list/a', 'list/b/1', 'list/b/2', 'list/c', 'list/d e']) await put(key, 'x')
    const asked = { Bucket: app.bucket, Prefix: 'list/', Delimiter: '/', MaxKeys: 2 }
    const names: string[] = []
    let ContinuationToken: string | undefined
    do {
      const page = await app.client.send(new ListObjectsV2Command({ ...asked, ContinuationToken }))
      names.push(...(page.Contents ?? []).map(({ Key = '' }) => Key))
      names.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix))
      assert.equal(page.KeyCount, (page.Contents?.length ?? 0) + (page.CommonPrefixes?.length ?? 0))
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken !== undefined)
    assert.deepEqual(names.toSorted(), ['list/a', 'list/b/', 'list/c', 'list/d e'])
    const old = await app.client.send(new ListObjectsCommand({ ...asked, Marker: 'list/b/' }))
    assert.deepEqual(
      old.Contents?.map(({ Key }) => Key),
      ['list/c', 'list/d e'],
    )
  })

  it('deletes one object or several, also those that do not exist', async () => {
    for (const key of ['gone/1', 'gone/2', 'gone/3']) await put(key, 'x')
    await app.client.send(new DeleteObjectCommand({ Bucket: app.bucket, Key: 'gone/1' }))
    await app.client.send(new DeleteObjectCommand({ Bucket: app.bucket, Key: 'gone/1' }))
    const Objects = ['gone/2', 'gone/3', 'gone/4'].map((Key) => ({ Key }))
    const { Deleted, Errors } = await app.client.send(
      new DeleteObjectsCommand({ Bucket: app.bucket, Delete: { Objects } }),
    )
    assert.deepEqual(Deleted, Objects)
    assert.equal(Errors, undefined)
    const left = await app.client.send(new ListObjectsV2Command({ Bucket: app.bucket, Prefix: 'gone/' }))
    assert.equal(left.KeyCount, 0)
  })

  it('copies an object with its metadata, or with new ones, and keeps the copy when the source goes', async () => {
    await put('copy/from é', 'bytes', { Metadata: { a: '1' }, ContentType: 'text/plain' })
    const CopySource = `/${app.bucket}/${encodeURIComponent('copy/from é')}`
    const copied = await app.client.send(
      new CopyObjectCommand({ Bucket: app.bucket, Key: 'copy/to', CopySource }),
    )
    assert.equal(copied.CopyObjectResult?.ETag, `"${md5('bytes')}"`)
    await app.client.send(
      new CopyObjectCommand({
        ...{ Bucket: app.bucket, Key: 'copy/replaced', CopySource },
        ...{ MetadataDirective: 'REPLACE', Metadata: { b: '2' } },
      }),
    )
    await app.client.send(new DeleteObjectCommand({ Bucket: app.bucket, Key: 'copy/from é' }))
    assert.equal(String(await read('copy/to')), 'bytes')
    assert.deepEqual((await get('copy/to')).Metadata, { a: '1' })
    assert.deepEqual((await get('copy/replaced')).Metadata, { b: '2' })
    await assert.rejects(
      app.client.send(
        new CopyObjectCommand({ Bucket: app.bucket, Key: 'copy/to', CopySource: `${app.bucket}/copy/to` }),
      ),
      nameOf('InvalidRequest'),
    )
  })
})
