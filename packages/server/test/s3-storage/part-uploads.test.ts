import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import OpenAI, { toFile } from 'openai'
import { Upload as TusUpload } from 'tus-js-client'
import { createClient } from '../api/client.ts'
import { type S3TestApp, startS3App } from '../s3/start-s3-app.ts'
import { createBucket, settingsOf } from './create-bucket.ts'

const MIB = 1024 * 1024
const BYTES = randomBytes(21 * MIB + 77)
/** Ends of parts of one file, with some that S3 would not join. */
const ENDS = [6 * MIB, 6 * MIB + 1, 7 * MIB, BYTES.length]

describe('parts of stock clients on an S3 server', () => {
  let front: S3TestApp
  let app: S3TestApp
  before(async () => {
    front = await startS3App()
    const location = await createBucket({ endpoint: front.s3Url, ...front.credentials })
    app = await startS3App({ env: { ...settingsOf(location), MAX_FILE_BYTES: String(50 * MIB) } })
  })
  after(async () => {
    await app?.stop()
    await front?.stop()
  })

  const read = async (Key: string) => {
    const { Body } = await app.client.send(new GetObjectCommand({ Bucket: app.bucket, Key }))
    return Buffer.from((await Body?.transformToByteArray()) ?? [])
  }

  it('come from the library of AWS, several at the same time', async () => {
    const params = { Bucket: app.bucket, Key: 'large.bin', Body: BYTES }
    const { ETag } = await new Upload({ client: app.client, params, partSize: 8 * MIB }).done()
    assert.match(ETag ?? '', /^"[0-9a-f]{32}-3"$/)
    assert.ok(BYTES.equals(await read('large.bin')))
  })

  it('are copied from an object of S3', async () => {
    const place = { Bucket: app.bucket, Key: 'joined.bin' }
    const { UploadId } = await app.client.send(new CreateMultipartUploadCommand(place))
    const CopySource = `${app.bucket}/large.bin`
    const upload = { ...place, UploadId }
    const copied = await app.client.send(new UploadPartCopyCommand({ ...upload, PartNumber: 1, CopySource }))
    const sent = await app.client.send(
      new UploadPartCommand({ ...upload, PartNumber: 2, Body: Buffer.from('the end') }),
    )
    const Parts = [copied.CopyPartResult?.ETag, sent.ETag].map((ETag, index) => ({
      PartNumber: index + 1,
      ETag,
    }))
    await app.client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
    assert.ok(Buffer.concat([BYTES, Buffer.from('the end')]).equals(await read('joined.bin')))
  })

  it('come from the client of OpenAI, and have the MD5 that it announces', async () => {
    const client = new OpenAI({ apiKey: app.apiKey, baseURL: `${app.url}/v1` })
    const { id } = await client.uploads.create({
      bytes: BYTES.length,
      filename: 'a.bin',
      mime_type: 'application/octet-stream',
      purpose: 'assistants',
    })
    const pieces = ENDS.map((end, index) => BYTES.subarray(ENDS[index - 1] ?? 0, end))
    const parts = await Promise.all(
      pieces.map(async (piece) => client.uploads.parts.create(id, { data: await toFile(piece, 'part') })),
    )
    const md5 = createHash('md5').update(BYTES).digest('hex')
    const completed = await client.uploads.complete(id, { part_ids: parts.map((part) => part.id), md5 })
    const content = await client.files.content(completed.file?.id ?? '')
    assert.ok(BYTES.equals(Buffer.from(await content.arrayBuffer())))
  })

  it('are uploads of tus that are joined', async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    let fileId = ''
    new TusUpload(BYTES, {
      endpoint: `${app.baseUrl}/files/tus`,
      headers: { 'X-API-Key': app.apiKey },
      metadata: { filename: 'parallel.bin', filetype: 'application/octet-stream' },
      parallelUploads: 3,
      retryDelays: null,
      onAfterResponse: (_, response) => {
        fileId = response.getHeader('X-Waybill-File-Id') ?? fileId
      },
      onError: reject,
      onSuccess: () => resolve(),
    }).start()
    await promise
    const { bytes } = await createClient(app).get(`/files/${fileId}/content`)
    const { download_url } = JSON.parse(bytes.toString())
    assert.ok(BYTES.equals(Buffer.from(await (await fetch(download_url)).arrayBuffer())))
  })
})
