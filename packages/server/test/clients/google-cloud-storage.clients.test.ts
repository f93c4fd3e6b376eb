import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { after, before, describe, it } from 'node:test'
import { type CreateWriteStreamOptions, type File, IdempotencyStrategy, Storage } from '@google-cloud/storage'
import { startServer, type TestServer } from '../start-server.ts'
import { createApi, MIME_TYPE } from './api.ts'
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts'
import { eventually } from './eventually.ts'
import { createRandomFile, createScratchFolder, MIB, type RandomFile } from './random-file.ts'
import { storedBytes } from './session.ts'

describe('the official Google Cloud Storage client', () => {
  let server: TestServer
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let file: RandomFile
  const api = createApi(() => server)

  before(async () => {
    server = await startServer()
    folder = await createScratchFolder()
    file = await createRandomFile(folder.path, 'google', 5 * MIB + 999)
  })

  after(async () => {
    await server?.stop()
    await folder?.remove()
  })

  /** Runs `use` with a proxy that records the requests, and cuts the first connection after `cutAfterBytes`. */
  async function withProxy(cutAfterBytes: number | undefined, use: (proxy: CuttingProxy) => Promise<void>) {
    const proxy = await startCuttingProxy(server.url, cutAfterBytes)
    try {
      await use(proxy)
    } finally {
      await proxy.close()
    }
  }

  function remoteFile(maxRetryDelay = 0.05): File {
    const storage = new Storage({
      // An endpoint outside of Google's domains makes the client send requests without credentials.
      apiEndpoint: server.url,
      projectId: 'none',
      retryOptions: { idempotencyStrategy: IdempotencyStrategy.RetryAlways, maxRetryDelay },
    })
    return storage.bucket('bucket').file('object')
  }

  async function upload(options: CreateWriteStreamOptions, source = file.read()): Promise<File> {
    const remote = remoteFile()
    const writable = remote.createWriteStream({
      resumable: true,
      validation: 'crc32c',
      metadata: { contentType: MIME_TYPE },
      ...options,
    })
    await pipeline(source, writable)
    return remote
  }

  const assertDescribed = (remote: File, crc32c: string) => {
    assert.equal(Number(remote.metadata.size), file.sizeBytes)
    assert.equal(remote.metadata.crc32c, crc32c)
    assert.equal(remote.metadata.contentType, MIME_TYPE)
  }

  it('uploads all bytes in one request of unknown size', async () => {
    const ticket = await api.uploadUrl('complete.bin', file.sizeBytes)
    await withProxy(undefined, async ({ through, contentRanges }) => {
      const remote = await upload({ uri: through(ticket.upload_url) })
      assert.deepEqual(contentRanges(), ['bytes */*', 'bytes 0-*/*'])
      const registered = await api.assertArrived(ticket, 'complete.bin', file)
      assertDescribed(remote, registered.crc32c)
    })
  })

  it('uploads all bytes in one request of known size', async () => {
    const ticket = await api.uploadUrl('known.bin', file.sizeBytes)
    await withProxy(undefined, async ({ through, contentRanges }) => {
      const metadata = { contentType: MIME_TYPE, contentLength: file.sizeBytes }
      await upload({ uri: through(ticket.upload_url), metadata })
      assert.deepEqual(contentRanges(), ['bytes */*', `bytes 0-*/${file.sizeBytes}`])
      await api.assertArrived(ticket, 'known.bin', file)
    })
  })

  it('uploads in chunks of 1 MiB', async () => {
    const ticket = await api.uploadUrl('chunks.bin', file.sizeBytes)
    await withProxy(undefined, async ({ through, contentRanges }) => {
      const remote = await upload({ uri: through(ticket.upload_url), chunkSize: MIB })
      assert.deepEqual(contentRanges(), [
        'bytes */*',
        ...[0, 1, 2, 3, 4].map((index) => `bytes ${index * MIB}-${(index + 1) * MIB - 1}/*`),
        `bytes ${5 * MIB}-${file.sizeBytes - 1}/${file.sizeBytes}`,
      ])
      const registered = await api.assertArrived(ticket, 'chunks.bin', file)
      assertDescribed(remote, registered.crc32c)
    })
  })

  for (const [how, chunks] of [
    ['in one request', {}],
    ['in chunks', { chunkSize: MIB }],
  ] as const) {
    it(`validates its bytes with MD5 ${how}`, async () => {
      const ticket = await api.uploadUrl('md5.bin', file.sizeBytes, ['md5'])
      const remote = await upload({ uri: ticket.upload_url, validation: 'md5', ...chunks })
      const { md5 } = await api.assertArrived(ticket, 'md5.bin', file)
      assert.equal(Buffer.from(String(remote.metadata.md5Hash), 'base64').toString('hex'), md5)
    })
  }

  it('validates the bytes of `save` with MD5', async () => {
    const bytes = await readFile(file.path)
    const ticket = await api.uploadUrl('saved.bin', bytes.length, ['md5'])
    const metadata = { contentType: MIME_TYPE }
    // `save` waits at least a second between attempts, and refuses a shorter limit.
    await remoteFile(1).save(bytes, { resumable: true, uri: ticket.upload_url, validation: 'md5', metadata })
    await api.assertArrived(ticket, 'saved.bin', file)
  })

  it('breaks off, and another one queries the offset and sends the rest', async () => {
    const ticket = await api.uploadUrl('resumed.bin', file.sizeBytes)
    await assert.rejects(upload({ uri: ticket.upload_url }, Readable.from(breakingOff(file))), BrokenSource)
    const offset = await eventually('bytes of the broken upload are stored', () =>
      storedBytes(ticket.upload_url),
    )
    await withProxy(undefined, async ({ through, contentRanges }) => {
      const remote = await upload({ uri: through(ticket.upload_url) })
      const [question, rest, ...more] = contentRanges()
      assert.equal(question, 'bytes */*')
      // The last bytes of the broken connection may have been stored after the query.
      assert.ok(Number(/^bytes (\d+)-\*\/\*$/.exec(rest ?? '')?.[1]) >= offset, rest)
      assert.deepEqual(more, [])
      const registered = await api.assertArrived(ticket, 'resumed.bin', file)
      assertDescribed(remote, registered.crc32c)
    })
  })

  it('recovers by itself when its connection is cut in the middle of a chunk', async () => {
    const ticket = await api.uploadUrl('recovered.bin', file.sizeBytes)
    await withProxy(2.5 * MIB, async ({ through, contentRanges }) => {
      const remote = await upload({ uri: through(ticket.upload_url), chunkSize: MIB })
      const questions = contentRanges().filter((range) => range === 'bytes */*')
      assert.equal(questions.length, 2, `asked at the start and after the cut: ${contentRanges()}`)
      const registered = await api.assertArrived(ticket, 'recovered.bin', file)
      assertDescribed(remote, registered.crc32c)
    })
  })

  it('uploads a first part, and later the rest from the saved offset', async () => {
    const ticket = await api.uploadUrl('parts.bin', file.sizeBytes)
    const options = { resumable: true, validation: 'crc32c', uri: ticket.upload_url, chunkSize: MIB }
    const firstPart = remoteFile().createWriteStream({ ...options, isPartialUpload: true })
    const crc32cOfPart = new Promise<string>((resolve) => firstPart.on('crc32c', resolve))
    await pipeline(file.read(0, 2 * MIB), firstPart)
    assert.equal(await storedBytes(ticket.upload_url), 2 * MIB)
    const rest = { ...options, offset: 2 * MIB, resumeCRC32C: await crc32cOfPart }
    const remote = await upload(rest, file.read(2 * MIB))
    const registered = await api.assertArrived(ticket, 'parts.bin', file)
    assertDescribed(remote, registered.crc32c)
  })
})

class BrokenSource extends Error {}

/** Yields more than half of the file and then fails. */
async function* breakingOff(file: RandomFile): AsyncGenerator<Uint8Array> {
  yield* file.read(0, 3 * MIB)
  throw new BrokenSource('the source broke off')
}
