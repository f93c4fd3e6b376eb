import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { MIB } from '../../server/test/clients/random-file.ts'
import { createRateLimit } from '../src/rate-limit.ts'
import { startService, type TestService } from './start-service.ts'

describe('a rate limit', () => {
  /** Returns a limit with a clock that the waits of the test move. */
  const withClock = (bytesPerSecond: number) => {
    const clock = { nowMs: 1000 }
    const waits: number[] = []
    const wait = async (milliseconds: number) => void waits.push(milliseconds)
    return { clock, waits, limit: createRateLimit(bytesPerSecond, { nowMs: () => clock.nowMs, wait }) }
  }

  it('delays each transfer by the time of those before it', async () => {
    const { limit, waits } = withClock(2048)
    for (const bytes of [2048, 1024, 512]) await limit?.take(bytes)
    assert.deepEqual(waits, [0, 1000, 1500])
  })

  it('does not save up time in which nothing was transferred', async () => {
    const { clock, limit, waits } = withClock(2048)
    clock.nowMs += 60_000
    for (const bytes of [2048, 2048]) await limit?.take(bytes)
    assert.deepEqual(waits, [0, 1000])
  })

  it('cannot be lower than the idle timeout of the service permits', () => {
    for (const bytesPerSecond of [0, -1, Number.NaN, 1023])
      assert.throws(() => createRateLimit(bytesPerSecond), RangeError)
    assert.equal(createRateLimit(undefined), null)
  })
})

describe('a client with a rate limit', () => {
  const BYTES_PER_SECOND = 200_000
  /** Pieces of 64 KiB of two transfers, which begin at once. */
  const FIRST_BYTES = 131_072
  const SIZE_BYTES = 300_000
  const bytes = Buffer.alloc(SIZE_BYTES, 'abc')
  let service: TestService
  let client: ReturnType<TestService['client']>
  before(async () => {
    service = await startService()
    client = service.client({ maxBytesPerSecond: BYTES_PER_SECOND })
  })
  after(() => service.stop())

  /** Fails when the transfer is faster than the limit. Other load can only make it slower. */
  const assertLimited = async <T>(sizeBytes: number, transfer: () => Promise<T>): Promise<T> => {
    const startMs = performance.now()
    const result = await transfer()
    const seconds = (performance.now() - startMs) / 1000
    assert.ok(seconds > (sizeBytes - FIRST_BYTES) / BYTES_PER_SECOND, `${sizeBytes} bytes in ${seconds} s`)
    return result
  }
  const upload = (content: Uint8Array<ArrayBuffer>, name: string) =>
    client.files.upload(new Blob([content]), { filename: name, mimeType: 'text/plain' })

  it('shares it between concurrent uploads, and keeps it in a download', async () => {
    const [file] = await assertLimited(2 * SIZE_BYTES, () =>
      Promise.all([upload(bytes, 'one.txt'), upload(bytes, 'two.txt')]),
    )
    const content: Uint8Array[] = []
    await assertLimited(SIZE_BYTES, async () => {
      const { body } = await client.files.download(file.id)
      for await (const piece of body) content.push(piece)
    })
    assert.ok(Buffer.concat(content).equals(bytes))
  })

  it('keeps it in the parts of a parallel upload', async () => {
    const [partBytes, sizeBytes] = [8 * MIB, 33 * MIB]
    const limited = service.client({ maxBytesPerSecond: 2 * partBytes })
    const options = { filename: 'large.txt', mimeType: 'text/plain', parallel: 4 }
    const startMs = performance.now()
    const { file_size } = await limited.files.upload(new Blob([Buffer.alloc(sizeBytes, 'abc')]), options)
    const seconds = (performance.now() - startMs) / 1000
    assert.equal(file_size, sizeBytes)
    // The last part, of 1 MiB, waits for four others.
    assert.ok(seconds > 1.99, `${seconds} s`)
    assert.equal(service.proxy.seen.filter(({ path }) => path.endsWith('/parts')).length, 5 + 1)
  })

  it('keeps it in many small files, each sent in one request', async () => {
    const small = bytes.subarray(0, 30_000)
    await assertLimited(10 * small.length, async () => {
      for (let number = 0; number < 10; number++) await upload(small, `${number}.txt`)
    })
    assert.equal(service.proxy.seen.filter(({ path }) => path.endsWith('/files/upload')).length, 10)
  })
})
