import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { createRandomFile, MIB, type RandomFile, sha256Of } from '../../../server/test/clients/random-file.ts'
import {
  ChecksumError,
  ConnectionError,
  RateLimitError,
  UploadSessionError,
  type Waybill,
  type WaybillFile,
  type WaybillOptions,
} from '../../src/waybill.ts'
import {
  answeredOffset,
  type Fault,
  inTurn,
  isData,
  isQuery,
  isRegister,
  type SeenRequest,
  startOf,
} from '../faulty-proxy.ts'
import { createMemoryStore } from '../memory-store.ts'
import { QUICK_RETRY, startService, type TestService } from '../start-service.ts'

/** Size of a file with two chunks. */
const LARGE_BYTES = 20 * MIB + 777
/** Too large for one request without a session. */
const MEDIUM_BYTES = 6 * MIB + 777
const CUT: Fault = { kind: 'cut', afterBytes: MIB / 2 + 11 }
const isDirect = ({ path }: SeenRequest) => path.endsWith('/files/upload')
const answer = (status: number, headers: Record<string, string> = {}): Fault => ({
  kind: 'answer',
  status,
  headers,
})

describe('an upload that is disturbed', () => {
  let service: TestService
  let client: Waybill
  let large: RandomFile
  let medium: RandomFile
  let small: RandomFile
  before(async () => {
    service = await startService({ isOnDisk: true })
    client = service.client()
    large = await createRandomFile(service.folder, 'large', LARGE_BYTES)
    medium = await createRandomFile(service.folder, 'medium', MEDIUM_BYTES)
    small = await createRandomFile(service.folder, 'small', 1000)
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  /** Returns a client that reads each chunk into memory and sends small chunks. */
  const inMemory = (options: Partial<WaybillOptions> = {}) =>
    service.client({ fetch: (input, init) => fetch(input, init), ...options })
  const sentBytes = () => service.proxy.seen.filter(isData).reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
  async function assertArrived(file: WaybillFile, expected = large) {
    service.proxy.setFault(() => null)
    const { body } = await client.files.download(file.id)
    assert.equal(await sha256Of(body), expected.sha256)
  }
  async function countOf(filename: string) {
    let count = 0
    for await (const file of client.files.list()) if (file.original_filename === filename) count++
    return count
  }
  async function assertNothingIsLeft(filename: string) {
    service.proxy.setFault(() => null)
    for await (const file of client.files.list()) assert.notEqual(file.original_filename, filename)
    for await (const upload of client.files.listUploads()) assert.notEqual(upload.filename, filename)
  }

  for (const [kind, open] of [
    ['streamed', () => client],
    ['in memory', () => inMemory()],
  ] as const) {
    it(`goes on from what is stored after a lost connection, ${kind}`, async () => {
      service.proxy.setFault(inTurn(isData, [CUT, CUT]))
      await assertArrived(await open().files.upload(large.path))
      const queries = service.proxy.seen.filter(isQuery)
      assert.ok(queries.length >= 2, 'it asked after each')
      assert.equal(queries[0]?.headers['content-range'], `bytes */${LARGE_BYTES}`)
      for (const query of queries) {
        const next = service.proxy.seen.slice(service.proxy.seen.indexOf(query)).find(isData)
        assert.ok(next)
        assert.equal(startOf(next), answeredOffset(query), 'no byte is sent again that is stored')
      }
    })
  }

  it('goes on in the middle of a chunk of a stream, whose earlier bytes are no more', async () => {
    service.proxy.setFault(inTurn(isData, [CUT, CUT]))
    const options = { filename: 'stream.bin', sizeBytes: LARGE_BYTES }
    await assertArrived(await client.files.upload(large.read(), options))
    assert.ok(service.proxy.seen.filter(isQuery).some((query) => answeredOffset(query) % (2 * MIB) > 0))
  })

  it('understands a 308 that comes as one', async () => {
    service.proxy.drop('x-guploader-no-308')
    service.proxy.setFault(inTurn(isData, [CUT]))
    await assertArrived(await client.files.upload(medium.path), medium)
  })

  for (const status of [408, 429, 500, 502, 503, 504]) {
    it(`tries again after ${status}, wherever it comes`, async () => {
      const isFirst = new Set<string>()
      service.proxy.setFault((seen) => {
        const kind = `${seen.method} ${seen.path.split('?')[0]}`
        if (isFirst.has(kind)) return null
        isFirst.add(kind)
        return answer(status)
      })
      const file = await client.files.upload(medium.path)
      await assertArrived(file, medium)
      assert.equal(isFirst.size >= 3, true)
    })
  }

  it('waits as long as it is asked to', async () => {
    service.proxy.setFault(inTurn(isData, [answer(429, { 'retry-after': '1' })]))
    const states: string[] = []
    await client.files.upload(medium.path, { onProgress: ({ state }) => states.push(state) })
    assert.ok(states.includes('waiting'))
  })

  it('does not wait for a service that asks for an hour', async () => {
    service.proxy.setFault((seen) => (isData(seen) ? answer(429, { 'retry-after': '3600' }) : null))
    const error = await client.files.upload(medium.path, { filename: 'hour' }).catch((caught) => caught)
    assert.ok(error instanceof UploadSessionError)
    assert.equal(error.status, 429)
    assert.equal(error.retryAfterMs, 3_600_000)
    await assertNothingIsLeft('hour')
    service.proxy.setFault(() => answer(429, { 'retry-after': '3600' }))
    await assert.rejects(client.organizations.get(), RateLimitError)
  })

  it('sends nothing again where only the last answer was lost', async () => {
    const total = `/${LARGE_BYTES}`
    const isLast = (seen: SeenRequest) =>
      isData(seen) && String(seen.headers['content-range']).endsWith(`-${LARGE_BYTES - 1}${total}`)
    service.proxy.setFault(inTurn(isLast, [{ kind: 'lose-answer' }]))
    await assertArrived(await client.files.upload(large.path))
    assert.equal(sentBytes(), LARGE_BYTES)
  })

  it('makes one file where the answer to its registration was lost', async () => {
    service.proxy.setFault(inTurn(isRegister, [{ kind: 'lose-answer' }, answer(503)]))
    const filename = 'registered-once'
    await assertArrived(await client.files.upload(medium.path, { filename }), medium)
    assert.equal(await countOf(filename), 1)
  })

  it('makes one file where the answer to a direct upload was lost', async () => {
    service.proxy.setFault(inTurn(isDirect, [{ kind: 'lose-answer' }]))
    const filename = 'direct-once'
    await assertArrived(await client.files.upload(small.path, { filename }), small)
    assert.equal(await countOf(filename), 1)
  })

  for (const [what, fault] of [
    ['did not get through', { kind: 'cut', afterBytes: 100 }],
    ['is too large for one request there', answer(413)],
  ] as const) {
    it(`takes the long way where a direct upload ${what}`, async () => {
      service.proxy.setFault(inTurn(isDirect, [fault]))
      await assertArrived(await client.files.upload(small.path), small)
      assert.equal(service.proxy.seen.filter(isDirect).length, 1)
    })
  }

  for (const [what, faults] of [
    ['whose answer was lost', [{ kind: 'lose-answer' }]],
    ['that did not get through, twice', [{ kind: 'cut', afterBytes: 100 }, answer(503)]],
  ] as const) {
    it(`makes one file of an empty one ${what}`, async () => {
      const filename = `${what}.txt`
      service.proxy.setFault(inTurn(isDirect, [...faults]))
      const file = await client.files.upload(new Blob([]), { filename })
      assert.equal(file.file_size, 0)
      assert.equal(await countOf(filename), 1)
    })
  }

  it('says the total with every request, which a stream of unknown total could exceed unseen', async () => {
    service.proxy.setFault(inTurn(isData, [CUT]))
    await client.files.upload(medium.path)
    const ranges = service.proxy.seen.flatMap(({ headers }) => headers['content-range'] ?? [])
    assert.ok(ranges.length > 2)
    for (const range of ranges) assert.match(range, new RegExp(`/${MEDIUM_BYTES}$`))
  })

  it('ends with the last error after so many failures without progress, and keeps the session', async () => {
    const sessions = createMemoryStore()
    const impatient = service.client({ sessions, retry: { ...QUICK_RETRY, maxFailures: 2 } })
    service.proxy.setFault((seen) => (isData(seen) || isQuery(seen) ? { kind: 'cut', afterBytes: 0 } : null))
    await assert.rejects(impatient.files.upload(medium.path), ConnectionError)
    assert.equal(sessions.kept.size, 1)
    service.proxy.setFault(() => null)
    await assertArrived(await impatient.files.upload(medium.path), medium)
    assert.equal(sessions.kept.size, 0)
  })

  it('counts only failures in a row', async () => {
    const impatient = inMemory({ retry: { ...QUICK_RETRY, maxFailures: 1 } })
    const lost: Fault = { kind: 'lose-answer' }
    service.proxy.setFault(inTurn(isData, [lost, lost, lost]))
    await assertArrived(await impatient.files.upload(large.path))
    assert.equal(service.proxy.seen.filter(isQuery).length, 3)
  })

  for (const [kind, open] of [
    ['streamed', () => client],
    ['in memory', () => inMemory()],
  ] as const) {
    it(`finds a bit that changed on its way, ${kind}, and leaves nothing`, async () => {
      service.proxy.setFault(inTurn(isData, [{ kind: 'flip', where: 'request' }]))
      const filename = `flipped ${kind}`
      await assert.rejects(open().files.upload(medium.path, { filename }), ChecksumError)
      await assertNothingIsLeft(filename)
    })
  }

  it('sends the key to the API, and never to a session or a link', async () => {
    service.proxy.setFault(inTurn(isData, [CUT]))
    const file = await client.files.upload(medium.path)
    await assertArrived(file, medium)
    const controller = new AbortController()
    const given = client.files.upload(medium.path, {
      signal: controller.signal,
      onProgress: ({ sentBytes }) => sentBytes > MIB && controller.abort(),
    })
    await assert.rejects(given)
    const isApi = ({ path }: SeenRequest) => path.startsWith('/v1/') && !path.includes('/download')
    assert.ok(service.proxy.seen.some(({ method, path }) => method === 'DELETE' && !path.startsWith('/v1/')))
    for (const request of service.proxy.seen) {
      assert.equal(request.headers['x-api-key'] !== undefined, isApi(request), request.path)
      assert.equal(request.headers.authorization, undefined)
    }
  })
})
