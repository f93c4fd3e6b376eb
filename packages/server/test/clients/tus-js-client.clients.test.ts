import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import * as tus from 'tus-js-client'
import { startServer, type TestServer } from '../start-server.ts'
import { createApi } from './api.ts'
import { createRandomFile, createScratchFolder, MIB, type RandomFile } from './random-file.ts'

const { Upload } = tus
/** Missing in the types of the package. */
const { FileUrlStorage } = tus as unknown as { FileUrlStorage: new (path: string) => tus.UrlStorage }

const SIZE_BYTES = 5 * MIB + 999

interface Exchange {
  readonly method: string
  readonly status: number
}

interface Uploaded {
  readonly url: string
  readonly fileId: string
  readonly exchanges: readonly Exchange[]
}

describe('tus-js-client in Node', () => {
  let server: TestServer
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let file: RandomFile
  let bytes: Buffer
  const api = createApi(() => server)

  before(async () => {
    server = await startServer()
    folder = await createScratchFolder()
    file = await createRandomFile(folder.path, 'tus', SIZE_BYTES)
    bytes = await readFile(file.path)
  })
  after(async () => {
    await server?.stop()
    await folder?.remove()
  })

  const defaults = (): tus.UploadOptions => ({
    endpoint: `${server.baseUrl}/files/tus`,
    headers: { 'X-API-Key': server.apiKey },
    metadata: { filename: 'naïve 文.bin', filetype: 'application/octet-stream' },
    retryDelays: null,
  })

  /** Starts an upload and returns what it did. Ends early when `until` returns true after a response. */
  const upload = (
    source: tus.Upload['file'],
    options: tus.UploadOptions = {},
    until: (exchanges: readonly Exchange[]) => boolean = () => false,
    prepare: (upload: tus.Upload) => Promise<void> = async () => {},
  ): Promise<Uploaded> => {
    const exchanges: Exchange[] = []
    let fileId = ''
    const { promise, resolve, reject } = Promise.withResolvers<Uploaded>()
    const end = () => resolve({ url: started.url ?? '', fileId, exchanges })
    const onAfterResponse = async (request: tus.HttpRequest, response: tus.HttpResponse) => {
      exchanges.push({ method: request.getMethod(), status: response.getStatus() })
      fileId = response.getHeader('X-Waybill-File-Id') ?? fileId
      if (!until(exchanges)) return
      await started.abort()
      end()
    }
    const started = new Upload(source, {
      ...defaults(),
      ...options,
      onAfterResponse,
      onError: reject,
      onSuccess: end,
    })
    prepare(started).then(() => started.start(), reject)
    return promise
  }

  /** Asserts that the File exists with the bytes of the file. */
  const assertArrived = async ({ fileId }: Uploaded, sha256 = file.sha256) => {
    const answer = await api.call('GET', `/files/${fileId}`)
    assert.equal(answer.status, 200)
    assert.equal(answer.body.original_filename, 'naïve 文.bin')
    assert.deepEqual(await api.download(fileId), { status: 200, sha256 })
  }

  const methodsOf = ({ exchanges }: Uploaded) => exchanges.map(({ method }) => method)

  it('uploads with its default options', async () => {
    const uploaded = await upload(bytes)
    assert.deepEqual(uploaded.exchanges, [
      { method: 'POST', status: 201 },
      { method: 'PATCH', status: 204 },
    ])
    await assertArrived(uploaded)
  })

  it('uploads in chunks', async () => {
    const uploaded = await upload(bytes, { chunkSize: 2 * MIB })
    assert.deepEqual(methodsOf(uploaded), ['POST', 'PATCH', 'PATCH', 'PATCH'])
    await assertArrived(uploaded)
  })

  it('uploads all bytes with the creation', async () => {
    const uploaded = await upload(bytes, { uploadDataDuringCreation: true })
    assert.deepEqual(uploaded.exchanges, [{ method: 'POST', status: 201 }])
    await assertArrived(uploaded)
  })

  it('uploads the first chunk with the creation', async () => {
    const uploaded = await upload(bytes, { uploadDataDuringCreation: true, chunkSize: 2 * MIB })
    assert.deepEqual(methodsOf(uploaded), ['POST', 'PATCH', 'PATCH'])
    await assertArrived(uploaded)
  })

  it('uploads parts at the same time', async () => {
    const uploaded = await upload(bytes, { parallelUploads: 3 })
    assert.deepEqual(methodsOf(uploaded).toSorted(), [
      'PATCH',
      'PATCH',
      'PATCH',
      'POST',
      'POST',
      'POST',
      'POST',
    ])
    await assertArrived(uploaded)
  })

  it('resumes parts that were sent at the same time', async () => {
    const urlStorage = new FileUrlStorage(join(folder.path, 'parallel-urls.json'))
    const options = { parallelUploads: 2, chunkSize: MIB, urlStorage, storeFingerprintForResuming: true }
    const fingerprint = async () => 'parallel'
    const isHalfway = (exchanges: readonly Exchange[]) =>
      exchanges.filter(({ method }) => method === 'PATCH').length === 3
    await upload(bytes, { ...options, fingerprint }, isHalfway)
    const resumed = await upload(bytes, { ...options, fingerprint }, undefined, async (started) => {
      const [previous] = await started.findPreviousUploads()
      assert.ok(previous)
      started.resumeFromPreviousUpload(previous)
    })
    assert.deepEqual(methodsOf(resumed).slice(0, 2), ['HEAD', 'HEAD'])
    await assertArrived(resumed)
  })

  it('uploads a stream', async () => {
    const uploaded = await upload(createReadStream(file.path) as never, {
      uploadSize: SIZE_BYTES,
      chunkSize: MIB,
    })
    assert.equal(methodsOf(uploaded)[0], 'POST')
    await assertArrived(uploaded)
  })

  it('uploads a stream of unknown length', async () => {
    // Not a stream of a file, of which the client finds the length.
    const stream = createReadStream(file.path).pipe(new PassThrough())
    const uploaded = await upload(stream as never, { uploadLengthDeferred: true, chunkSize: MIB })
    await assertArrived(uploaded)
  })

  it('uploads with POST instead of PATCH', async () => {
    const uploaded = await upload(bytes, { overridePatchMethod: true, chunkSize: 2 * MIB })
    assert.deepEqual(methodsOf(uploaded), ['POST', 'POST', 'POST', 'POST'])
    await assertArrived(uploaded)
  })

  it('uploads an empty file', async () => {
    const uploaded = await upload(Buffer.alloc(0))
    assert.deepEqual(uploaded.exchanges, [{ method: 'POST', status: 201 }])
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    await assertArrived(uploaded, empty)
  })

  it('resumes from a previous upload', async () => {
    const stored: tus.UploadOptions = {
      chunkSize: MIB,
      urlStorage: new FileUrlStorage(join(folder.path, 'urls.json')),
      fingerprint: async () => 'tus-resume',
    }
    const isInterrupted = (exchanges: readonly Exchange[]) => exchanges.length === 3
    await upload(bytes, stored, isInterrupted)
    const resumed = await upload(bytes, stored, undefined, async (again) => {
      const [previous] = await again.findPreviousUploads()
      assert.ok(previous)
      again.resumeFromPreviousUpload(previous)
    })
    assert.deepEqual(methodsOf(resumed), ['HEAD', 'PATCH', 'PATCH', 'PATCH', 'PATCH'])
    await assertArrived(resumed)
  })

  it('terminates an upload', async () => {
    const { url } = await upload(bytes, { chunkSize: MIB }, (exchanges) => exchanges.length === 2)
    await Upload.terminate(url, { retryDelays: null } as never)
    const answer = await fetch(url, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } })
    assert.equal(answer.status, 410)
  })

  it('uploads to an upload URL, without a key', async () => {
    const ticket = await api.uploadUrl('only-url.bin', SIZE_BYTES)
    const options = { endpoint: null, headers: {}, metadata: {}, uploadUrl: ticket.upload_url }
    const uploaded = await upload(bytes, options)
    assert.deepEqual(uploaded.exchanges, [
      { method: 'HEAD', status: 200 },
      { method: 'PATCH', status: 204 },
    ])
    await api.assertArrived(ticket, 'only-url.bin', file)
  })
})
