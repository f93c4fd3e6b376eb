import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, before, it } from 'node:test'
import { type BucketItem, Client, CopyConditions } from 'minio'
import { createRandomFile, createScratchFolder, MIB, type RandomFile, sha256Of } from '../random-file.ts'
import { describeAccess } from './describe-access.ts'
import { ODD_KEYS } from './odd-keys.ts'

describeAccess('minio-js', false, ({ access }) => {
  let client: Client
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let file: RandomFile
  const bucket = `minio-${randomUUID()}`

  const read = async (key: string) => buffer(await client.getObject(bucket, key))
  const list = async (prefix: string, isRecursive: boolean) => {
    const found: (string | undefined)[] = []
    for await (const { name, prefix: folderName } of client.listObjectsV2(bucket, prefix, isRecursive)) {
      found.push((name ?? folderName) as BucketItem['name'])
    }
    return found
  }

  before(async () => {
    folder = await createScratchFolder()
    file = await createRandomFile(folder.path, 'minio-js', 21 * MIB + 5)
    const { endpoint, accessKeyId, secretAccessKey } = access()
    const { hostname, port } = new URL(endpoint)
    client = new Client({
      endPoint: hostname,
      port: Number(port),
      useSSL: false,
      accessKey: accessKeyId,
      secretKey: secretAccessKey,
      partSize: 5 * MIB,
    })
    await client.makeBucket(bucket)
  })
  after(() => folder?.remove())

  it('finds its bucket among the others', async () => {
    assert.equal(await client.bucketExists(bucket), true)
    assert.equal(await client.bucketExists(`no-${bucket}`), false)
    assert.ok((await client.listBuckets()).some(({ name }) => name === bucket))
  })

  it('puts and gets a buffer with its metadata', async () => {
    const bytes = Buffer.from('a,b\n')
    const { etag } = await client.putObject(bucket, 'buffer', bytes, bytes.length, {
      'Content-Type': 'text/csv',
      'X-Amz-Meta-Colour': 'blue',
    })
    assert.equal(etag, createHash('md5').update(bytes).digest('hex'))
    const { size, metaData } = await client.statObject(bucket, 'buffer')
    assert.deepEqual([size, metaData['content-type'], metaData.colour], [bytes.length, 'text/csv', 'blue'])
    assert.deepEqual(await read('buffer'), bytes)
  })

  it('puts a stream in parts, and a file', async () => {
    await client.putObject(bucket, 'stream', file.read())
    assert.equal(await sha256Of(await client.getObject(bucket, 'stream')), file.sha256)
    await client.fPutObject(bucket, 'file', file.path)
    const target = join(folder.path, 'downloaded')
    await client.fGetObject(bucket, 'file', target)
    assert.equal(
      createHash('sha256')
        .update(await readFile(target))
        .digest('hex'),
      file.sha256,
    )
    assert.deepEqual(
      await buffer(await client.getPartialObject(bucket, 'file', 7, 9)),
      await buffer(file.read(7, 16)),
    )
  })

  it('stores and lists odd keys', async () => {
    // The library cannot write a key that ends in a slash.
    const keys = ODD_KEYS.filter((key) => !key.endsWith('/'))
    for (const key of keys) {
      await client.putObject(bucket, `odd/${key}`, Buffer.from(key))
      assert.equal(String(await read(`odd/${key}`)), key)
    }
    assert.deepEqual(new Set(await list('odd/', true)), new Set(keys.map((key) => `odd/${key}`)))
    assert.ok((await list('odd/', false)).includes('odd/folder/'))
  })

  it('uploads and downloads through presigned URLs', async () => {
    const putUrl = await client.presignedPutObject(bucket, 'presigned ü', 60)
    const sent = await fetch(putUrl, { method: 'PUT', body: 'x' })
    assert.equal(sent.status, 200, await sent.text())
    const found = await fetch(await client.presignedGetObject(bucket, 'presigned ü', 60))
    assert.equal(await found.text(), 'x')
  })

  it('copies and deletes', async () => {
    await client.putObject(bucket, 'from', Buffer.from('x'))
    await client.copyObject(bucket, 'to', `/${bucket}/from`, new CopyConditions())
    assert.equal(String(await read('to')), 'x')
    await client.removeObject(bucket, 'from')
    await client.removeObjects(bucket, ['to', 'never'])
    for (const key of ['from', 'to']) {
      await assert.rejects(client.statObject(bucket, key), { code: 'NotFound' })
    }
  })
})
