import assert from 'node:assert/strict'
import { appendFile } from 'node:fs/promises'
import { after, afterEach, before, describe, it } from 'node:test'
import { operatorCaller } from '../../../server/src/domain/access/caller.ts'
import { createApiKey } from '../../../server/src/operations/access/create-api-key.ts'
import { within } from '../../../server/test/clients/eventually.ts'
import { createRandomFile, MIB, type RandomFile, sha256Of } from '../../../server/test/clients/random-file.ts'
import {
  ChecksumError,
  FileChangedError,
  PermissionError,
  type UploadProgress,
  type Waybill,
} from '../../src/waybill.ts'
import { inTurn, type SeenRequest } from '../faulty-proxy.ts'
import { startService, type TestService } from '../start-service.ts'

const isPart = ({ method, path }: SeenRequest) =>
  method === 'POST' && /\/v1\/uploads\/[^/]+\/parts$/.test(path)
const isCreation = ({ path }: SeenRequest) => path === '/v1/uploads'
const isCompletion = ({ path }: SeenRequest) => path.endsWith('/complete')

describe('files.upload with parallel', () => {
  let service: TestService
  let client: Waybill
  let large: RandomFile
  before(async () => {
    service = await startService()
    client = service.client()
    large = await createRandomFile(service.folder, 'large', 40 * MIB + 777)
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  const bytesOf = async (id: string) => sha256Of((await client.files.download(id)).body)
  const count = (isMeant: (seen: SeenRequest) => boolean) => service.proxy.seen.filter(isMeant).length
  const assertNothingIsLeft = async (filename: string) => {
    service.proxy.setFault(() => null)
    for await (const file of client.files.list()) assert.notEqual(file.original_filename, filename)
    for await (const upload of client.files.listUploads()) assert.notEqual(upload.filename, filename)
  }

  it('sends the parts of a large file at the same time', async () => {
    let [open, most] = [0, 0]
    const fetchCounting: typeof fetch = async (input, init) => {
      const isBody = String(input).endsWith('/parts') && init?.method === 'POST'
      if (isBody) most = Math.max(most, ++open)
      return fetch(input, init).finally(() => {
        if (isBody) open--
      })
    }
    const progress: UploadProgress[] = []
    const file = await service.client({ fetch: fetchCounting }).files.upload(large.path, {
      parallel: 3,
      path: 'a/b',
      metadata: { kind: 'large' },
      onProgress: (one) => progress.push(one),
    })
    assert.deepEqual([file.path, file.metadata], ['a/b', { kind: 'large' }])
    assert.equal(await bytesOf(file.id), large.sha256)
    assert.deepEqual([file.original_filename, file.file_size], ['large.bin', large.sizeBytes])
    assert.equal(file.alreadyStored, false)
    assert.deepEqual([count(isPart), most], [6, 3])
    const last = progress.at(-1)
    assert.deepEqual([last?.state, last?.sentBytes], ['done', large.sizeBytes])
  })

  it('sends no part of content that is stored already', async () => {
    const { path, sha256 } = await createRandomFile(service.folder, 'stored', 33 * MIB)
    const first = await client.files.upload(path, { parallel: 2, instant: true })
    assert.deepEqual([first.alreadyStored, first.sha256], [false, sha256])
    service.proxy.reset()
    const second = await client.files.upload(path, { parallel: 2, instant: true })
    assert.deepEqual([second.alreadyStored, second.sha256, count(isPart)], [true, sha256, 0])
    assert.notEqual(second.id, first.id)
    service.proxy.setFault(inTurn(isCreation, [{ kind: 'lose-answer' }]))
    const third = await client.files.upload(path, { parallel: 2, instant: true, path: 'lost' })
    assert.deepEqual([third.alreadyStored, third.path], [true, 'lost'])
    const ids: string[] = []
    for await (const file of client.files.list()) if (file.sha256 === sha256) ids.push(file.id)
    assert.deepEqual(ids.sort(), [first.id, second.id, third.id].sort())
  })

  it('sends a small file, a stream and a file with further checksums without parts', async () => {
    const small = await createRandomFile(service.folder, 'small', 6 * MIB)
    const { sizeBytes } = large
    for (const upload of [
      client.files.upload(small.path, { parallel: 4 }),
      client.files.upload(large.read(), { parallel: 4, sizeBytes, filename: 'a.bin' }),
      client.files.upload(large.path, { parallel: 4, checksums: ['md5'] }),
    ]) {
      await upload
    }
    assert.equal(count(isCreation), 0)
  })

  it('uses a session when the service takes no uploads of parts', async () => {
    service.proxy.setFault((seen) => (isCreation(seen) ? { kind: 'answer', status: 400 } : null))
    const file = await client.files.upload(large.path, { parallel: 2 })
    assert.deepEqual([await bytesOf(file.id), count(isPart)], [large.sha256, 0])
  })

  it('sends a part again after a failure, and the others once', async () => {
    const faults = [null, { kind: 'cut', afterBytes: MIB }, { kind: 'lose-answer' }] as const
    service.proxy.setFault(inTurn(isPart, faults))
    const file = await client.files.upload(large.path, { parallel: 3 })
    assert.deepEqual([await bytesOf(file.id), count(isPart)], [large.sha256, 8])
  })

  it('makes no File of bytes that were damaged in transit', async () => {
    service.proxy.setFault(inTurn(isPart, [null, { kind: 'flip', where: 'request' }]))
    const upload = client.files.upload(large.path, { parallel: 2, filename: 'damaged.bin' })
    await assert.rejects(upload, ChecksumError)
    await assertNothingIsLeft('damaged.bin')
  })

  it('pauses, and continues with the parts that are missing', async () => {
    let isTurned = false
    const upload = client.files.upload(large.path, {
      parallel: 2,
      onProgress: ({ sentBytes }) => {
        if (isTurned || sentBytes === 0) return
        isTurned = true
        void upload.pause().then(() => {
          sentAtPause = count(isPart)
          upload.resume()
        })
      },
    })
    let sentAtPause = 0
    const file = await within('the upload', upload)
    assert.equal(await bytesOf(file.id), large.sha256)
    assert.ok(isTurned && sentAtPause > 0 && sentAtPause < 8, `${sentAtPause}`)
  })

  for (const [when, isWhen] of [
    ['a part is sent', isPart],
    ['it completes', isCompletion],
  ] as const) {
    it(`keeps nothing when it is aborted while ${when}`, async () => {
      const controller = new AbortController()
      service.proxy.setFault((seen) => {
        if (isWhen(seen)) controller.abort(new Error('stopped'))
        return null
      })
      const upload = client.files.upload(large.path, {
        parallel: 2,
        filename: 'gone.bin',
        signal: controller.signal,
      })
      await assert.rejects(upload, /stopped/)
      await assertNothingIsLeft('gone.bin')
    })
  }

  it('makes no File of a file that changes during the upload', async () => {
    const { path } = await createRandomFile(service.folder, 'changing', 40 * MIB)
    let isChanged = false
    service.proxy.setFault((seen) => {
      if (isPart(seen) && !isChanged) {
        isChanged = true
        void appendFile(path, 'more')
      }
      return null
    })
    await assert.rejects(client.files.upload(path, { parallel: 2 }), FileChangedError)
    await assertNothingIsLeft('changing.bin')
  })

  it('needs the scope to read', async () => {
    const { server } = service
    const key = { name: 'writer', scopes: ['files:write'] as const }
    const { secret } = await createApiKey(server.context, operatorCaller(server.organizationId), key)
    const writer = service.client({ apiKey: secret })
    await assert.rejects(
      writer.files.upload(large.path, { parallel: 2, filename: 'unread.bin' }),
      PermissionError,
    )
    await assertNothingIsLeft('unread.bin')
  })

  for (const parallel of [0, 1.5, 17, Number.NaN]) {
    it(`refuses ${parallel}`, async () => {
      await assert.rejects(client.files.upload(large.path, { parallel }), RangeError)
    })
  }
})
