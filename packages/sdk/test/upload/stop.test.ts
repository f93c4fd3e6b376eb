import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, afterEach, before, describe, it } from 'node:test'
import { within } from '../../../server/test/clients/eventually.ts'
import { createRandomFile, MIB, type RandomFile, sha256Of } from '../../../server/test/clients/random-file.ts'
import type { UploadSource, UploadState, Waybill } from '../../src/waybill.ts'
import { inTurn, isData, isRegister, type SeenRequest } from '../faulty-proxy.ts'
import { createMemoryStore } from '../memory-store.ts'
import { startService, type TestService } from '../start-service.ts'

/** Too large for one request without a session. */
const LARGE_BYTES = 6 * MIB + 777
const isOpening = ({ path }: SeenRequest) => path.endsWith('/upload-url')

describe('an upload that is stopped', () => {
  let service: TestService
  let client: Waybill
  let large: RandomFile
  before(async () => {
    service = await startService()
    client = service.client()
    large = await createRandomFile(service.folder, 'large', LARGE_BYTES)
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  async function assertNothingIsLeft(filename: string) {
    service.proxy.setFault(() => null)
    for await (const upload of client.files.listUploads()) assert.notEqual(upload.filename, filename)
    for await (const file of client.files.list()) assert.notEqual(file.original_filename, filename)
  }

  it('goes on where it is paused and resumed before the pause came to rest', async () => {
    let isTurned = false
    const upload = client.files.upload(large.path, {
      onProgress: ({ state }) => {
        if (state !== 'uploading' || isTurned) return
        isTurned = true
        for (let turn = 0; turn < 3; turn++) {
          upload.pause()
          upload.resume()
          upload.resume()
        }
      },
    })
    const { body } = await client.files.download((await within('the upload', upload)).id)
    assert.equal(await sha256Of(body), large.sha256)
    assert.equal(isTurned, true)
  })

  it('pauses at once where there is nothing to send', async () => {
    const upload = client.files.upload(join(service.folder, 'missing'))
    await assert.rejects(upload, { name: 'SourceError', code: 'SOURCE_UNREADABLE' })
    await within('the pause', upload.pause())
  })

  it('goes on after a pause while it waits for the next try', async () => {
    service.proxy.setFault(
      inTurn(isData, [{ kind: 'answer', status: 503, headers: { 'retry-after': '60' } }]),
    )
    let isWaiting = () => {}
    const waiting = new Promise<void>((resolve) => {
      isWaiting = resolve
    })
    const upload = client.files.upload(large.path, {
      onProgress: ({ state }) => state === 'waiting' && isWaiting(),
    })
    await waiting
    await within('the pause', upload.pause())
    upload.resume()
    await within('the upload', upload)
  })

  /** Aborts as soon as it is told of this state, and says what that did. */
  async function abortIn(wanted: UploadState, filename: string, source: UploadSource = large.path) {
    const sessions = createMemoryStore()
    const controller = new AbortController()
    const reason = new Error('enough')
    let isPaused = false
    const upload = service.client({ sessions }).files.upload(source, {
      filename,
      signal: controller.signal,
      onProgress: ({ state }) => {
        if (wanted === 'paused' && state === 'uploading' && !isPaused) {
          isPaused = true
          upload.pause()
        }
        if (state === wanted) controller.abort(reason)
      },
    })
    const error = await within('the end of the upload', upload).catch((caught) => caught)
    assert.equal(error, reason)
    assert.equal(sessions.kept.size, 0)
    await assertNothingIsLeft(filename)
  }

  for (const state of ['preparing', 'uploading', 'paused', 'waiting', 'registering'] as const) {
    it(`leaves nothing where it is aborted: ${state}`, async () => {
      if (state === 'waiting') {
        const busy = { kind: 'answer', status: 503, headers: { 'retry-after': '60' } } as const
        service.proxy.setFault(inTurn(isData, [busy]))
      }
      await abortIn(state, `aborted ${state}`)
    })
  }

  for (const [what, isMeant] of [
    ['its session is opened', isOpening],
    ['its file is registered', isRegister],
  ] as const) {
    it(`leaves nothing where it is aborted while ${what}`, async () => {
      const controller = new AbortController()
      const reason = new Error('enough')
      service.proxy.setFault((seen) => {
        if (isMeant(seen)) controller.abort(reason)
        return null
      })
      const filename = `aborted while ${what}`
      const upload = client.files.upload(large.path, { filename, signal: controller.signal })
      const error = await within('the end of the upload', upload).catch((caught) => caught)
      assert.equal(error, reason)
      await assertNothingIsLeft(filename)
    })
  }

  const STALLED: Readonly<Record<string, (onAsked: () => void) => UploadSource>> = {
    'a Node stream': (onAsked) => new Readable({ read: onAsked }),
    'a web stream': (onAsked) =>
      new ReadableStream({
        pull: () => {
          onAsked()
          return new Promise(() => {})
        },
      }),
    'an iterable': (onAsked) => ({
      async *[Symbol.asyncIterator]() {
        yield new Uint8Array(1000)
        onAsked()
        await new Promise(() => {})
      },
    }),
  }
  for (const [kind, open] of Object.entries(STALLED)) {
    for (const sizeBytes of [undefined, 2000, LARGE_BYTES]) {
      const filename = `stalled ${kind} of ${sizeBytes ?? 'unknown'} bytes`
      it(`ends where it is aborted while it waits: ${filename}`, async () => {
        const controller = new AbortController()
        const reason = new Error('enough')
        const source = open(() => setImmediate(() => controller.abort(reason)))
        const options = { filename, signal: controller.signal, ...(sizeBytes ? { sizeBytes } : {}) }
        const upload = within('the end of the upload', client.files.upload(source, options))
        assert.equal(await upload.catch((caught) => caught), reason)
        await assertNothingIsLeft(filename)
      })
    }
  }

  it('pauses while a stream gives nothing, and goes on with what it gives later', async () => {
    let isAsked = () => {}
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve
    })
    let give = () => {}
    const given = new Promise<void>((resolve) => {
      give = resolve
    })
    async function* pieces() {
      const bytes = await readFile(large.path)
      yield bytes.subarray(0, 5 * MIB)
      isAsked()
      await given
      yield bytes.subarray(5 * MIB, 5 * MIB + 10)
      yield bytes.subarray(5 * MIB + 10)
    }
    const options = { filename: 'slow stream', sizeBytes: LARGE_BYTES }
    const upload = client.files.upload(pieces(), options)
    await asked
    await within('the pause', upload.pause())
    upload.resume()
    await within('the pause', upload.pause())
    give()
    upload.resume()
    const { body } = await client.files.download((await within('the upload', upload)).id)
    assert.equal(await sha256Of(body), large.sha256)
  })

  it('ends with what onProgress throws, and leaves nothing', async () => {
    const reason = new Error('a fault of the page')
    for (const wanted of ['preparing', 'uploading', 'registering'] as const) {
      const filename = `thrown ${wanted}`
      const onProgress = ({ state }: { readonly state: UploadState }) => {
        if (state === wanted) throw reason
      }
      const upload = within('the end', client.files.upload(large.path, { filename, onProgress }))
      await assert.rejects(upload, (error) => error === reason)
      await assertNothingIsLeft(filename)
    }
  })
})
