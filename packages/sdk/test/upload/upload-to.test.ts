import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, afterEach, before, describe, it } from 'node:test'
import { within } from '../../../server/test/clients/eventually.ts'
import { createRandomFile, MIB, type RandomFile, sha256Of } from '../../../server/test/clients/random-file.ts'
import {
  ChecksumError,
  ConnectionError,
  type CreateUploadUrlBody,
  cancelUpload,
  UploadSessionError,
  type UploadSource,
  type UploadToOptions,
  uploadTo,
  ValidationError,
  type Waybill,
} from '../../src/waybill.ts'
import { answeredOffset, type Fault, inTurn, isData, isQuery, startOf } from '../faulty-proxy.ts'
import { QUICK_RETRY, startService, type TestService } from '../start-service.ts'

/** Several chunks in memory, of which the first has `STORED_BYTES`. */
const SIZE_BYTES = 3 * MIB + 777
const STORED_BYTES = 2 * MIB
const CUT: Fault = { kind: 'cut', afterBytes: MIB / 2 + 11 }

describe('uploadTo', () => {
  let service: TestService
  let client: Waybill
  let file: RandomFile
  let bytes: Uint8Array<ArrayBuffer>
  before(async () => {
    service = await startService()
    client = service.client()
    file = await createRandomFile(service.folder, 'file', SIZE_BYTES)
    bytes = new Uint8Array(await readFile(file.path))
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  /** Opens a session as the server of an application does. */
  const openSession = (fields: Partial<Omit<CreateUploadUrlBody, 'sha256'>> = {}) =>
    client.files.createUploadUrl({
      filename: 'chosen.bin',
      file_size: SIZE_BYTES,
      mime_type: 'application/octet-stream',
      auto_register: true,
      ...fields,
    })
  const send = (url: string, source: UploadSource = new Blob([bytes]), options: UploadToOptions = {}) =>
    uploadTo(url, source, { retry: QUICK_RETRY, ...options })
  const sentBytes = () => service.proxy.seen.filter(isData).reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
  async function assertArrived(fileId: string | null) {
    assert.ok(fileId !== null)
    service.proxy.setFault(() => null)
    const { body } = await client.files.download(fileId)
    assert.equal(await sha256Of(body), file.sha256)
  }
  /** Calls `act` when the second chunk is sent, which gets no answer. */
  function onSecondChunk(act: () => void) {
    const hangs = inTurn(isData, [null, { kind: 'hang' }])
    service.proxy.setFault((seen) => {
      const fault = hangs(seen)
      if (fault !== null) act()
      return fault
    })
  }
  /** Sends the first chunk and aborts. */
  async function interrupt(url: string, source?: UploadSource) {
    const controller = new AbortController()
    const reason = new Error('the page is closed')
    onSecondChunk(() => controller.abort(reason))
    const upload = send(url, source, { signal: controller.signal })
    await assert.rejects(within('the end of the upload', upload), (error) => error === reason)
    service.proxy.reset()
  }

  const SOURCES: Readonly<Record<string, () => UploadSource>> = {
    'a path': () => file.path,
    'a File': () => new File([bytes], 'any.bin'),
    bytes: () => bytes,
    'a stream': () => new Blob([bytes]).stream(),
  }
  for (const [kind, open] of Object.entries(SOURCES)) {
    it(`sends ${kind} without a key, and resolves with the id and the checksum of the File`, async () => {
      const session = await openSession()
      service.proxy.reset()
      const complete = await send(session.upload_url, open())
      assert.ok(service.proxy.seen.every(({ headers }) => headers['x-api-key'] === undefined))
      assert.equal(complete.fileId, session.file_id)
      const { crc32c } = await client.files.get(session.file_id)
      assert.equal(complete.crc32c, crc32c)
      await assertArrived(complete.fileId)
    })
  }

  it('announces the checksum of the file with its last byte', async () => {
    const { upload_url } = await openSession()
    const { crc32c } = await send(upload_url)
    const announced = service.proxy.seen.filter(isData).map(({ headers }) => headers['x-goog-hash'])
    assert.deepEqual(announced.at(-1), `crc32c=${crc32c}`)
  })

  it('resolves without an id when the session leaves the registration to a server with a key', async () => {
    const { upload_url, gcs_path } = await openSession({ auto_register: false })
    const { fileId, crc32c } = await send(upload_url)
    assert.equal(fileId, null)
    const facts = { filename: 'chosen.bin', mime_type: 'application/octet-stream', crc32c }
    const { id } = await client.files.register({ ...facts, gcs_path, file_size: SIZE_BYTES })
    await assertArrived(id)
  })

  for (const [kind, open, options] of [
    ['a Blob', () => new Blob([bytes]), {}],
    ['a stream of known size', () => file.read(), { sizeBytes: SIZE_BYTES }],
  ] as const) {
    it(`continues ${kind} with nothing but the URL, after the stored bytes`, async () => {
      const { upload_url } = await openSession()
      await interrupt(upload_url)
      await assertArrived((await send(upload_url, open(), options)).fileId)
      const [query] = service.proxy.seen.filter(isQuery)
      assert.ok(query && answeredOffset(query) >= STORED_BYTES)
      const [first] = service.proxy.seen.filter(isData)
      assert.ok(first && startOf(first) === answeredOffset(query))
    })
  }

  it('stops at once when it is aborted before it has read the stored part again', async () => {
    const { upload_url } = await openSession()
    await interrupt(upload_url)
    let reads = 0
    class CountingBlob extends Blob {
      override slice(start: number, end: number) {
        reads++
        return super.slice(start, end)
      }
    }
    const controller = new AbortController()
    const upload = send(upload_url, new CountingBlob([bytes]), {
      signal: controller.signal,
      onProgress: ({ sentBytes }) => sentBytes >= STORED_BYTES && controller.abort(),
    })
    await assert.rejects(upload, { name: 'AbortError' })
    assert.equal(reads, 0)
  })

  it('resolves without sending a byte when all have arrived', async () => {
    const { upload_url, file_id } = await openSession()
    await send(upload_url)
    service.proxy.reset()
    assert.equal((await send(upload_url)).fileId, file_id)
    assert.equal(sentBytes(), 0)
  })

  it('learns the id when the answer to the last byte was lost', async () => {
    const { upload_url, file_id } = await openSession()
    const isLast: typeof isData = (seen) => isData(seen) && seen.headers['x-goog-hash'] !== undefined
    service.proxy.setFault(inTurn(isLast, [{ kind: 'lose-answer' }]))
    assert.equal((await send(upload_url)).fileId, file_id)
  })

  it('continues after lost connections and busy answers', async () => {
    const { upload_url } = await openSession()
    const busy: Fault = { kind: 'answer', status: 503 }
    service.proxy.setFault(inTurn(isData, [CUT, busy, null, CUT]))
    await assertArrived((await send(upload_url)).fileId)
  })

  it('rejects after more failures in a row than retry allows, and keeps the upload', async () => {
    const { upload_url } = await openSession()
    service.proxy.setFault(() => ({ kind: 'cut', afterBytes: 0 }))
    const retry = { ...QUICK_RETRY, maxFailures: 2 }
    await assert.rejects(send(upload_url, bytes, { retry }), ConnectionError)
    assert.equal(service.proxy.seen.filter(isQuery).length, 3)
    service.proxy.reset()
    await assertArrived((await send(upload_url)).fileId)
  })

  it('pauses, sends nothing meanwhile, and goes on', async () => {
    const { upload_url } = await openSession()
    const states: string[] = []
    const upload = send(upload_url, bytes, { onProgress: ({ state }) => states.push(state) })
    await within('the pause', new Promise<void>((resolve) => onSecondChunk(() => resolve(upload.pause()))))
    assert.equal(states.at(-1), 'paused')
    assert.equal(service.proxy.seen.filter(isData).length, 2)
    upload.resume()
    await assertArrived((await within('the upload', upload)).fileId)
    assert.equal(states.at(-1), 'done')
    assert.ok(
      service.proxy.seen
        .filter(isData)
        .slice(2)
        .every((seen) => startOf(seen) >= STORED_BYTES),
    )
  })

  it('rejects with the code of the refusal, also when its answer was lost', async () => {
    for (const faults of [[], [{ kind: 'lose-answer' } as const]]) {
      const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d])
      const session = await openSession({ file_size: png.length, mime_type: 'application/pdf' })
      service.proxy.setFault(inTurn(isData, faults))
      await assert.rejects(send(session.upload_url, png), (error) => {
        assert.ok(error instanceof ValidationError)
        assert.equal(error.code, 'FILE_TYPE_MISMATCH')
        assert.equal(error.systemMessage, 'the bytes are not of type application/pdf')
        return true
      })
      await assert.rejects(client.files.get(session.file_id))
    }
  })

  it('rejects with a ChecksumError when a bit changed on its way, and there is no File', async () => {
    const session = await openSession()
    service.proxy.setFault(inTurn(isData, [{ kind: 'flip', where: 'request' }]))
    await assert.rejects(send(session.upload_url), ChecksumError)
    await assert.rejects(client.files.get(session.file_id))
  })

  it('rejects with a ChecksumError when it continues with another file of the same size', async () => {
    const session = await openSession()
    await interrupt(session.upload_url)
    const other = bytes.slice()
    other[0] = 255 - (other[0] ?? 0)
    await assert.rejects(send(session.upload_url, other), ChecksumError)
    await assert.rejects(client.files.get(session.file_id))
  })

  it('rejects a file of another size', async () => {
    const { upload_url } = await openSession()
    const code = { name: 'UploadSessionError', code: 'UPLOAD_REFUSED', status: 400 }
    await assert.rejects(send(upload_url, bytes.subarray(1)), code)
  })

  it('rejects after cancelUpload, which leaves nothing', async () => {
    const { upload_url, file_id } = await openSession()
    await interrupt(upload_url)
    await cancelUpload(upload_url)
    const lost = (error: unknown) =>
      error instanceof UploadSessionError && error.code === 'UPLOAD_SESSION_LOST'
    await assert.rejects(send(upload_url), lost)
    for await (const open of client.files.listUploads()) assert.notEqual(open.file_id, file_id)
  })

  it('keeps a File when its upload is cancelled too late', async () => {
    const { upload_url } = await openSession()
    const { fileId } = await send(upload_url)
    await cancelUpload(upload_url)
    await assertArrived(fileId)
  })

  for (const [what, url, options, error] of [
    ['a text that is no URL', 'secret', {}, TypeError],
    ['a URL of another scheme', 'file:///secret', {}, TypeError],
    ['a negative retry', 'http://127.0.0.1/secret', { retry: { maxFailures: -1 } }, RangeError],
  ] as const) {
    it(`rejects ${what}, and does not repeat it`, async () => {
      const thrown = await uploadTo(url, bytes, options).catch((caught: unknown) => caught)
      assert.ok(thrown instanceof error)
      assert.doesNotMatch(thrown.message, /secret/)
    })
  }
})
