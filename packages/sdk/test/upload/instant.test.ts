import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { after, afterEach, before, describe, it } from 'node:test'
import {
  createRandomFile,
  KIB,
  MIB,
  type RandomFile,
  sha256Of,
} from '../../../server/test/clients/random-file.ts'
import { platform as browser } from '../../src/platform/browser.ts'
import { platform as node } from '../../src/platform/node.ts'
import { bytesSource } from '../../src/source/bytes-source.ts'
import { FileChangedError, type Waybill } from '../../src/waybill.ts'
import { inTurn, isData, type SeenRequest } from '../faulty-proxy.ts'
import { createMemoryStore } from '../memory-store.ts'
import { startService, type TestService } from '../start-service.ts'

const isOpening = ({ path }: SeenRequest) => path.endsWith('/upload-url')

describe('files.upload with instant', () => {
  let service: TestService
  let client: Waybill
  before(async () => {
    service = await startService()
    client = service.client()
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  let count = 0
  const newFile = (sizeBytes: number): Promise<RandomFile> =>
    createRandomFile(service.folder, `instant ${count++}`, sizeBytes)
  const sentBytes = () => service.proxy.seen.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
  const filesNamed = async (filename: string) => {
    const ids: string[] = []
    for await (const file of client.files.list()) if (file.original_filename === filename) ids.push(file.id)
    return ids
  }

  for (const sizeBytes of [6 * MIB + 7, 300 * KIB]) {
    it(`sends no bytes of ${sizeBytes} that the organization has stored`, async () => {
      const { path, sha256 } = await newFile(sizeBytes)
      const first = await client.files.upload(path, { instant: true })
      assert.deepEqual([first.alreadyStored, first.sha256], [false, sha256])
      service.proxy.reset()
      const states: string[] = []
      const second = await client.files.upload(path, {
        instant: true,
        filename: 'again.bin',
        onProgress: ({ state }) => states.push(state),
      })
      assert.deepEqual([second.alreadyStored, second.sha256], [true, sha256])
      assert.deepEqual([second.original_filename, states.at(-1)], ['again.bin', 'done'])
      assert.ok(sentBytes() < KIB, `${sentBytes()} bytes were sent`)
      await client.files.delete(first.id)
      assert.equal(await sha256Of((await client.files.download(second.id)).body), sha256)
    })
  }

  it('announces a small file in the request that sends it', async () => {
    const { path, sha256 } = await newFile(10 * KIB)
    assert.equal((await client.files.upload(path, { instant: true })).alreadyStored, false)
    const second = await client.files.upload(path, { instant: true })
    assert.deepEqual([second.alreadyStored, second.sha256], [true, sha256])
    assert.equal((await client.files.upload(path)).alreadyStored, false)
  })

  it('resumes an interrupted upload, and its bytes are compared with the SHA-256', async () => {
    const { path, sha256 } = await newFile(20 * MIB)
    const sessions = createMemoryStore()
    service.proxy.setFault((seen) => (isData(seen) ? { kind: 'cut', afterBytes: 100 * KIB } : null))
    const failing = service.client({ sessions, retry: { maxFailures: 0 } })
    await assert.rejects(failing.files.upload(path, { instant: true }))
    service.proxy.reset()
    const file = await service.client({ sessions }).files.upload(path, { instant: true })
    assert.deepEqual([file.sha256, file.alreadyStored], [sha256, false])
  })

  it('makes one File when the answer is lost', async () => {
    const { path } = await newFile(5 * MIB)
    await client.files.upload(path, { instant: true })
    service.proxy.setFault(inTurn(isOpening, [{ kind: 'lose-answer' }]))
    const file = await client.files.upload(path, { instant: true, filename: 'lost.bin' })
    assert.equal(file.alreadyStored, true)
    assert.deepEqual(await filesNamed('lost.bin'), [file.id])
  })

  it('asks again when the first request never arrived', async () => {
    const { path } = await newFile(5 * MIB)
    service.proxy.setFault(
      inTurn(isOpening, [
        { kind: 'answer', status: 503 },
        { kind: 'answer', status: 503 },
      ]),
    )
    const file = await client.files.upload(path, { instant: true, filename: 'late.bin' })
    assert.deepEqual(await filesNamed('late.bin'), [file.id])
  })

  it('leaves no File when it is aborted while it asks', async () => {
    const { path } = await newFile(5 * MIB)
    await client.files.upload(path, { instant: true })
    const controller = new AbortController()
    service.proxy.setFault((seen) => {
      if (isOpening(seen)) controller.abort(new Error('stopped'))
      return null
    })
    const upload = client.files.upload(path, {
      instant: true,
      filename: 'aborted.bin',
      signal: controller.signal,
    })
    await assert.rejects(upload, /stopped/)
    assert.deepEqual(await filesNamed('aborted.bin'), [])
  })

  for (const isStored of [true, false]) {
    it(`makes no File of a file that changes after it was hashed, ${isStored ? 'stored' : 'new'} content`, async () => {
      const { path } = await newFile(5 * MIB)
      if (isStored) await client.files.upload(path, { instant: true })
      service.proxy.setFault((seen) => {
        if (isOpening(seen)) appendFileSync(path, 'more')
        return null
      })
      const upload = client.files.upload(path, { instant: true, filename: 'changed.bin' })
      await assert.rejects(upload, FileChangedError)
      assert.deepEqual(await filesNamed('changed.bin'), [])
    })
  }

  it('sends a stream of known size without asking', async () => {
    const { read, sizeBytes, sha256 } = await newFile(5 * MIB)
    const options = { filename: 'stream.bin', sizeBytes, instant: true }
    const file = await client.files.upload(read(), options)
    assert.deepEqual([file.alreadyStored, file.sha256], [false, null])
    assert.equal(await sha256Of((await client.files.download(file.id)).body), sha256)
  })
})

describe('the SHA-256 of a source', () => {
  const bytes = (size: number) => new Uint8Array(size).map((_, index) => index * 7)
  for (const size of [0, 1, 63, 64, MIB, MIB + 1, 3 * MIB]) {
    it(`of ${size} bytes is the same in Node and in a browser`, async () => {
      const expected = await sha256Of(new Blob([bytes(size)]).stream())
      assert.equal(await node.sha256(bytesSource(bytes(size)), undefined), expected)
      assert.equal(await browser.sha256(bytesSource(bytes(size)), undefined), expected)
    })
  }

  it('is not computed in a browser beyond 64 MiB', async () => {
    assert.equal(await browser.sha256({ ...bytesSource(bytes(0)), sizeBytes: 64 * MIB + 1 }, undefined), null)
  })

  it('ends with the reason of a signal', async () => {
    const reason = new Error('stopped')
    await assert.rejects(node.sha256(bytesSource(bytes(MIB)), AbortSignal.abort(reason)), reason)
  })
})
