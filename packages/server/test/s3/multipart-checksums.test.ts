import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import {
  type ChecksumAlgorithm,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { S3_CHECKSUMS, type S3ChecksumAlgorithm } from '../../src/protocols/s3/checksum-algorithms.ts'
import { createRunningChecksum } from '../../src/protocols/s3/running-checksum.ts'
import { type S3TestApp, startS3App } from './start-s3-app.ts'

const MIB = 1024 * 1024
const nameOf = (name: string) => (error: Error) => error.name === name
const PARTS = [Buffer.alloc(5 * MIB, 'ab'), Buffer.from('the last one')]
const FULL = Buffer.concat(PARTS)

function checksumOf(algorithm: S3ChecksumAlgorithm, ...pieces: readonly Buffer[]): string {
  const running = createRunningChecksum(algorithm)
  for (const piece of pieces) running.update(piece)
  return running.base64()
}

const fieldOf = (algorithm: S3ChecksumAlgorithm) => `Checksum${algorithm}` as const

/** Checksum of an object of `PARTS`, as S3 defines it. */
function objectChecksum(algorithm: S3ChecksumAlgorithm, type: 'FULL_OBJECT' | 'COMPOSITE'): string {
  if (type === 'FULL_OBJECT') return checksumOf(algorithm, FULL)
  const values = PARTS.map((part) => Buffer.from(checksumOf(algorithm, part), 'base64'))
  return `${checksumOf(algorithm, ...values)}-${PARTS.length}`
}

const KINDS = [
  ...S3_CHECKSUMS.filter((algorithm) => algorithm !== 'CRC64NVME').map(
    (algorithm) => [algorithm, 'COMPOSITE'] as const,
  ),
  ...(['CRC32', 'CRC32C', 'CRC64NVME'] as const).map((algorithm) => [algorithm, 'FULL_OBJECT'] as const),
]

describe('checksums of multipart uploads of S3', () => {
  let app: S3TestApp
  /** A client that sends no checksum unless it is asked to. */
  let plain: S3Client
  before(async () => {
    app = await startS3App()
    plain = await app.newClient(['files:read', 'files:write'], {
      requestChecksumCalculation: 'WHEN_REQUIRED',
    })
  })
  after(() => app.stop())

  const begin = async (Key: string, algorithm?: ChecksumAlgorithm, type?: 'FULL_OBJECT' | 'COMPOSITE') => {
    const place = { Bucket: app.bucket, Key }
    const created = await plain.send(
      new CreateMultipartUploadCommand({ ...place, ChecksumAlgorithm: algorithm, ChecksumType: type }),
    )
    return { ...place, UploadId: created.UploadId }
  }
  type Begun = Awaited<ReturnType<typeof begin>>
  const send = async (upload: Begun, more: object = {}): Promise<CompletedPart[]> => {
    const parts: CompletedPart[] = []
    for (const [index, Body] of PARTS.entries()) {
      const PartNumber = index + 1
      const { $metadata: _, ...stored } = await plain.send(
        new UploadPartCommand({ ...upload, PartNumber, Body, ...more }),
      )
      parts.push({ PartNumber, ...stored })
    }
    return parts
  }
  const complete = (upload: Begun, Parts: CompletedPart[], more: object = {}) =>
    plain.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more }))

  for (const [algorithm, type] of KINDS) {
    const field = fieldOf(algorithm)

    it(`tells the ${type} ${algorithm} of parts and object, which the service computes itself`, async () => {
      const upload = await begin(`own-${algorithm}-${type}`, algorithm, type)
      await send(upload)
      const listed = await plain.send(new ListPartsCommand(upload))
      assert.deepEqual([listed.ChecksumAlgorithm, listed.ChecksumType], [algorithm, type])
      assert.deepEqual(
        listed.Parts?.map((part) => part[field]),
        PARTS.map((part) => checksumOf(algorithm, part)),
      )
      const parts = (listed.Parts ?? []).map(({ PartNumber, ETag }) => ({ PartNumber, ETag }))
      const expected = [objectChecksum(algorithm, type), type]
      const done = await complete(upload, parts, {
        [field]: objectChecksum(algorithm, type),
        ChecksumType: type,
      })
      assert.deepEqual([done[field], done.ChecksumType], expected)
      const again = await complete(upload, parts)
      assert.deepEqual([again[field], again.ChecksumType], expected)
      const head = new HeadObjectCommand({ Bucket: app.bucket, Key: upload.Key, ChecksumMode: 'ENABLED' })
      const found = await plain.send(head)
      assert.deepEqual([found[field], found.ChecksumType], expected)
    })

    it(`refuses a completion with another ${type} ${algorithm} of a part or of the object`, async () => {
      const upload = await begin(`refused-${algorithm}-${type}`, algorithm, type)
      const parts = await send(upload, { ChecksumAlgorithm: algorithm })
      const wrong = checksumOf(algorithm, Buffer.from('other'))
      const [one = {}, two = {}] = parts
      await assert.rejects(complete(upload, [one, { ...two, [field]: wrong }]), nameOf('InvalidPart'))
      await assert.rejects(complete(upload, parts, { [field]: wrong }), nameOf('BadDigest'))
      await complete(upload, parts)
    })
  }

  it('refuses a part with a checksum of another algorithm than the upload has', async () => {
    const upload = await begin('other-algorithm', 'SHA256')
    await assert.rejects(send(upload, { ChecksumAlgorithm: 'CRC32' }), nameOf('InvalidRequest'))
  })

  it('refuses another type of checksum than the upload has', async () => {
    const upload = await begin('other-type', 'CRC32', 'COMPOSITE')
    const parts = await send(upload)
    await assert.rejects(complete(upload, parts, { ChecksumType: 'FULL_OBJECT' }), nameOf('InvalidRequest'))
  })

  it('verifies the checksum of the object also for an upload that has none', async () => {
    const upload = await begin('unasked')
    const parts = await send(upload, { ChecksumAlgorithm: 'CRC64NVME' })
    const wrong = checksumOf('CRC64NVME', Buffer.from('other'))
    await assert.rejects(complete(upload, parts, { ChecksumCRC64NVME: wrong }), nameOf('BadDigest'))
    await assert.rejects(complete(upload, parts, { ChecksumSHA1: 'x' }), nameOf('InvalidRequest'))
    const done = await complete(upload, parts, { ChecksumCRC64NVME: checksumOf('CRC64NVME', FULL) })
    assert.equal(done.ChecksumCRC32C, checksumOf('CRC32C', FULL))
  })

  it('computes the checksum of copied parts', async () => {
    const Bucket = app.bucket
    await plain.send(new PutObjectCommand({ Bucket, Key: 'source', Body: FULL }))
    const upload = await begin('copied', 'SHA1')
    const copy = { ...upload, PartNumber: 1, CopySource: `${Bucket}/source` }
    const { CopyPartResult } = await plain.send(new UploadPartCopyCommand(copy))
    assert.equal(CopyPartResult?.ChecksumSHA1, createHash('sha1').update(FULL).digest('base64'))
    await complete(upload, [{ PartNumber: 1, ETag: CopyPartResult?.ETag }])
    const found = await plain.send(new GetObjectCommand({ Bucket, Key: 'copied' }))
    assert.ok(FULL.equals(Buffer.from((await found.Body?.transformToByteArray()) ?? [])))
  })
})
