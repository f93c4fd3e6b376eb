import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { after, afterEach, before, describe, it } from 'node:test'
import { eventually, within } from '../../server/test/clients/eventually.ts'
import { createRandomFile, MIB, type RandomFile, sha256Of } from '../../server/test/clients/random-file.ts'
import { ChecksumError, crc32c, NotFoundError, type Waybill, type WaybillFile } from '../src/waybill.ts'
import { type Fault, inTurn, type SeenRequest } from './faulty-proxy.ts'
import { startService, type TestService } from './start-service.ts'

const SIZE_BYTES = 8 * MIB + 99
const isBytes = ({ path }: SeenRequest) => path.includes('/download?')

describe('files.download', () => {
  let service: TestService
  let client: Waybill
  let source: RandomFile
  let file: WaybillFile
  before(async () => {
    service = await startService()
    client = service.client()
    source = await createRandomFile(service.folder, 'source', SIZE_BYTES)
    const { alreadyStored: _, ...uploaded } = await client.files.upload(source.path)
    file = uploaded
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  it('gives the bytes, and the file', async () => {
    const download = await client.files.download(file.id)
    assert.deepEqual(download.file, file)
    assert.equal(await sha256Of(download.body), source.sha256)
  })

  it('goes on where a connection was lost, with another link where the first is over', async () => {
    let readBytes = 0
    const cut: Fault = { kind: 'cut-answer', afterBytes: 3 * MIB, until: () => readBytes > 0 }
    const over: Fault = { kind: 'answer', status: 401 }
    service.proxy.setFault(inTurn(isBytes, [cut, over, cut]))
    const { body } = await client.files.download(file.id)
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform: (bytes, controller) => {
        readBytes += bytes.byteLength
        controller.enqueue(bytes)
      },
    })
    assert.equal(await sha256Of(body.pipeThrough(counted)), source.sha256)
    const ranges = service.proxy.seen.filter(isBytes).map(({ headers }) => headers.range)
    assert.equal(ranges[0], undefined)
    assert.ok(
      ranges.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(String(range))),
      ranges.join(),
    )
  })

  it('goes on from what is there already, and checks the whole', async () => {
    const bytes = await readFile(source.path)
    const offset = 5 * MIB + 3
    const from = { offset, crc32c: crc32c(bytes.subarray(0, offset)) }
    const { body } = await client.files.download(file.id, { from })
    assert.ok((await buffer(body)).equals(bytes.subarray(offset)))
    const wrong = await client.files.download(file.id, { from: { offset, crc32c: 1 } })
    await assert.rejects(buffer(wrong.body), ChecksumError)
  })

  it('has nothing more to give where all is there', async () => {
    const from = { offset: SIZE_BYTES, crc32c: crc32c(await readFile(source.path)) }
    assert.equal((await buffer((await client.files.download(file.id, { from })).body)).length, 0)
  })

  it('ends with an error where a bit changed on its way', async () => {
    service.proxy.setFault(inTurn(isBytes, [{ kind: 'flip', where: 'answer' }]))
    const { body } = await client.files.download(file.id)
    await assert.rejects(buffer(body), ChecksumError)
  })

  it('stops when it is aborted, and when it is no longer read', async () => {
    const controller = new AbortController()
    const { body } = await client.files.download(file.id, { signal: controller.signal })
    const reason = new Error('enough')
    const reading = (async () => {
      for await (const _ of body) controller.abort(reason)
    })()
    await assert.rejects(reading, (error) => error === reason)
    const left = await client.files.download(file.id)
    await left.body.cancel()
  })

  it('requests no byte before the first read, and stops although no byte arrives', async () => {
    service.proxy.setFault(inTurn(isBytes, [{ kind: 'hang' }]))
    const { body } = await client.files.download(file.id)
    await new Promise(setImmediate)
    assert.equal(service.proxy.seen.filter(isBytes).length, 0)
    const reader = body.getReader()
    const read = reader.read()
    await eventually('it is asked for', () => service.proxy.seen.some(isBytes))
    await within('the cancel', reader.cancel())
    assert.equal((await within('the read', read)).done, true)
  })

  it('refuses an offset that is none', async () => {
    for (const offset of [-1, 0.5, Number.NaN, SIZE_BYTES + 1]) {
      await assert.rejects(client.files.download(file.id, { from: { offset, crc32c: 0 } }), RangeError)
    }
  })

  it('says at once that there is no such file', async () => {
    await assert.rejects(client.files.download('file_none'), NotFoundError)
  })
})
