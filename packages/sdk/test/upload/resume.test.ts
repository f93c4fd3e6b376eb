import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { appendFile, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { after, afterEach, before, describe, it } from 'node:test'
import { eventually, within } from '../../../server/test/clients/eventually.ts'
import { createRandomFile, MIB, type RandomFile, sha256Of } from '../../../server/test/clients/random-file.ts'
import {
  FileChangedError,
  type SessionStore,
  UploadSessionError,
  type UploadSource,
  type Waybill,
  type WaybillFile,
} from '../../src/waybill.ts'
import { inTurn, isData, isRegister } from '../faulty-proxy.ts'
import { createMemoryStore } from '../memory-store.ts'
import { startService, type TestService } from '../start-service.ts'

/** Size of a file with two chunks. */
const LARGE_BYTES = 20 * MIB + 777
/** Too large for one request without a session. */
const MEDIUM_BYTES = 7 * MIB + 777
/** Bytes that are stored after `interrupt`. */
const STORED_BYTES = 2 * MIB

describe('an upload that goes on', () => {
  let service: TestService
  let plain: Waybill
  let large: RandomFile
  let medium: RandomFile
  let counter = 0
  before(async () => {
    service = await startService()
    plain = service.client()
    large = await createRandomFile(service.folder, 'large', LARGE_BYTES)
    medium = await createRandomFile(service.folder, 'medium', MEDIUM_BYTES)
  })
  after(() => service.stop())
  afterEach(async () => {
    service.proxy.reset()
    // A failed test must not make others fail.
    for await (const { file_id } of plain.files.listUploads()) await plain.files.cancelUpload(file_id)
  })

  const sentBytes = () => service.proxy.seen.filter(isData).reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
  const openUploads = async () => {
    let count = 0
    for await (const _ of plain.files.listUploads()) count++
    return count
  }
  async function assertArrived(file: WaybillFile, sha256 = medium.sha256) {
    const { body } = await plain.files.download(file.id)
    assert.equal(await sha256Of(body), sha256)
  }
  /** A file of its own, so that no other test's upload is found. */
  const freshFile = () => createRandomFile(service.folder, `file-${counter++}`, MEDIUM_BYTES)
  /** Returns a client that reads each chunk into memory, as in a browser. Its first chunk has `STORED_BYTES`. */
  const inMemory = (sessions: SessionStore) =>
    service.client({ sessions, fetch: (input, init) => fetch(input, init) })
  /** Uploads the first chunk of the source. The next one fails, so that the upload is interrupted. */
  async function interrupt(sessions: SessionStore, source: UploadSource) {
    service.proxy.setFault(inTurn(isData, [null, { kind: 'answer', status: 400 }]))
    await assert.rejects(inMemory(sessions).files.upload(source), UploadSessionError)
    assert.equal(sentBytes(), STORED_BYTES)
    service.proxy.reset()
  }

  it('in the same process after a pause, and sends nothing meanwhile', async () => {
    const sessions = createMemoryStore()
    const states: string[] = []
    service.proxy.setFault(inTurn(isData, [{ kind: 'hang', afterBytes: 2 * MIB }]))
    const upload = service.client({ sessions }).files.upload(large.path, {
      onProgress: ({ state }) => states.push(state),
    })
    await eventually('the first chunk is on its way', () => sentBytes() === 2 * MIB)
    await within('the pause', upload.pause())
    assert.equal(states.at(-1), 'paused')
    assert.equal(sessions.kept.size, 1)
    assert.equal(await openUploads(), 1)
    assert.equal(service.proxy.seen.filter(isData).length, 1)
    upload.resume()
    await assertArrived(await upload, large.sha256)
    assert.equal(sessions.kept.size, 0)
    assert.equal(states.at(-1), 'done')
  })

  it('in another client with the same store, from what is stored, and without opening another session', async () => {
    const file = await freshFile()
    const sessions = createMemoryStore()
    await interrupt(sessions, file.path)
    await assertArrived(await service.client({ sessions }).files.upload(file.path), file.sha256)
    assert.equal(
      service.proxy.seen.some(({ path }) => path.endsWith('/upload-url')),
      false,
    )
    assert.equal(sentBytes(), MEDIUM_BYTES - STORED_BYTES)
    assert.equal(sessions.kept.size, 0)
  })

  it('with a File in memory, as a browser has it after a page was loaded again', async () => {
    const sessions = createMemoryStore()
    const bytes = await readFile(medium.path)
    const chosen = () => new File([bytes], 'chosen.bin', { lastModified: 1234 })
    await interrupt(sessions, chosen())
    await assertArrived(await inMemory(sessions).files.upload(chosen()))
    assert.equal(sentBytes(), MEDIUM_BYTES - STORED_BYTES)
    // Another file of this name is another upload.
    const other = new File([bytes], 'chosen.bin', { lastModified: 1235 })
    await assertArrived(await inMemory(sessions).files.upload(other))
  })

  it('not in what two uploads of one file at once share', async () => {
    const file = await freshFile()
    const client = service.client({ sessions: createMemoryStore() })
    const [first, second] = await Promise.all([
      client.files.upload(file.path),
      client.files.upload(file.path),
    ])
    assert.notEqual(first.id, second.id)
    await assertArrived(first, file.sha256)
    await assertArrived(second, file.sha256)
  })

  const CHANGES: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
    longer: (path) => appendFile(path, 'more'),
    'of another date': (path) => utimes(path, 1000, 1000),
    'of other first bytes, though of the same date': async (path) => {
      const { atime, mtime } = await stat(path)
      const bytes = await readFile(path)
      bytes.set([1, 2, 3])
      await writeFile(path, bytes)
      await utimes(path, atime, mtime)
    },
  }
  for (const [what, change] of Object.entries(CHANGES)) {
    it(`not with a file that is ${what} meanwhile, until it is told to begin anew`, async () => {
      const file = await freshFile()
      const sessions = createMemoryStore()
      await interrupt(sessions, file.path)
      await change(file.path)
      await assert.rejects(service.client({ sessions }).files.upload(file.path), FileChangedError)
      assert.equal(sentBytes(), 0)
      const again = await service.client({ sessions }).files.upload(file.path, { resume: false })
      await assertArrived(again, await sha256Of((await createReader(file.path)).body))
      assert.equal(await openUploads(), 0)
    })
  }
  const createReader = async (path: string) => ({ body: new Blob([await readFile(path)]).stream() })

  it('not with a file that is changed while it is sent', async () => {
    const file = await freshFile()
    service.proxy.setFault((seen) => {
      if (isData(seen)) appendFileSync(file.path, 'more')
      return null
    })
    await assert.rejects(plain.files.upload(file.path, { filename: 'changing' }), FileChangedError)
    assert.equal(await openUploads(), 0)
    for await (const { original_filename } of plain.files.list())
      assert.notEqual(original_filename, 'changing')
  })

  it('with a new session where the old one is no more', async () => {
    const file = await freshFile()
    const sessions = createMemoryStore()
    await interrupt(sessions, file.path)
    for await (const { file_id } of plain.files.listUploads()) await plain.files.cancelUpload(file_id)
    await assertArrived(await service.client({ sessions }).files.upload(file.path), file.sha256)
  })

  it('with a new session where the file that came of the old one is deleted', async () => {
    const file = await freshFile()
    const sessions = createMemoryStore()
    const client = service.client({ sessions })
    service.proxy.setFault(inTurn(isRegister, [{ kind: 'answer', status: 400 }]))
    await assert.rejects(client.files.upload(file.path))
    const [kept] = sessions.kept.entries()
    const first = await client.files.upload(file.path)
    await client.files.delete(first.id)
    await sessions.set(...(kept as [string, string]))
    const second = await client.files.upload(file.path)
    assert.notEqual(second.id, first.id)
    await assertArrived(second, file.sha256)
  })

  it('nowhere after it was aborted, which leaves nothing', async () => {
    const sessions = createMemoryStore()
    const reason = new Error('enough')
    for (const sent of [0, 3 * MIB, MEDIUM_BYTES]) {
      const controller = new AbortController()
      const upload = service.client({ sessions }).files.upload(medium.path, {
        signal: controller.signal,
        onProgress: ({ sentBytes, state }) => {
          if (sentBytes >= sent && state !== 'preparing') controller.abort(reason)
        },
      })
      await assert.rejects(upload, (error) => error === reason)
      assert.equal(sessions.kept.size, 0)
      assert.equal(await openUploads(), 0)
    }
  })

  it('though what is kept is broken, with a new session', async () => {
    const file = await freshFile()
    const sessions = createMemoryStore()
    await interrupt(sessions, file.path)
    const [[key, text]] = [...sessions.kept] as [[string, string]]
    const whole = JSON.parse(text)
    for (const broken of [
      text.slice(0, -5),
      JSON.stringify({ ...whole, uploadUrl: undefined }),
      JSON.stringify({ ...whole, uploadUrl: 'nowhere' }),
      JSON.stringify({ ...whole, checkpoints: [null] }),
      JSON.stringify({ ...whole, checkpoints: [['5', 1]] }),
    ]) {
      await sessions.set(key, broken)
      await assertArrived(await service.client({ sessions }).files.upload(file.path), file.sha256)
    }
  })

  it('and tells no speed of bytes that it did not send', async () => {
    const file = await freshFile()
    const sessions = createMemoryStore()
    await interrupt(sessions, file.path)
    service.proxy.setFault((seen) => (isData(seen) ? { kind: 'answer', status: 400 } : null))
    const speeds: (number | null)[] = []
    const upload = service.client({ sessions }).files.upload(file.path, {
      onProgress: ({ sentBytes, bytesPerSecond }) => {
        if (sentBytes === STORED_BYTES) speeds.push(bytesPerSecond)
      },
    })
    await assert.rejects(upload)
    assert.deepEqual(speeds, [null])
  })

  it('though the store fails at once', async () => {
    const fail = () => {
      throw new Error('there is no disk')
    }
    const client = service.client({ sessions: { get: fail, set: fail, remove: fail } })
    await assertArrived(await client.files.upload(medium.path))
  })

  it('though the store fails', async () => {
    const fail = async () => {
      throw new Error('the disk is full')
    }
    const client = service.client({ sessions: { get: fail, set: fail, remove: fail } })
    await assertArrived(await client.files.upload(medium.path))
  })
})
