import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startServer, type TestServer } from '../start-server.ts'
import { createApi, type FileAnswer } from './api.ts'
import { createRandomFile, createScratchFolder, KIB, MIB, type RandomFile } from './random-file.ts'
import { missingProgram, runProgram } from './run-program.ts'
import type { StoredObject } from './session.ts'

const SAMPLE_PATH = fileURLToPath(new URL('./upload_sample.py', import.meta.url))
const CHUNK_BYTES = 512 * KIB

interface SampleReport {
  readonly statuses: { readonly upload_url: number; readonly register: number }
  readonly file: FileAnswer
  readonly exchanges: readonly {
    readonly content_range: string | null
    readonly status: number
    readonly range: string | null
    readonly object: StoredObject | null
  }[]
}

describe('a Python program with the standard library', { skip: await missingProgram('python3') }, () => {
  let server: TestServer
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  /** File that ends in the middle of a chunk. */
  let uneven: RandomFile
  /** File of an exact number of chunks, so that the last one looks like any other. */
  let even: RandomFile
  const api = createApi(() => server)

  before(async () => {
    server = await startServer()
    folder = await createScratchFolder()
    uneven = await createRandomFile(folder.path, 'uneven', 2 * MIB + 4_321)
    even = await createRandomFile(folder.path, 'even', 2 * MIB)
  })

  after(async () => {
    await server?.stop()
    await folder?.remove()
  })

  async function upload(mode: string, file: RandomFile): Promise<SampleReport> {
    const args = [SAMPLE_PATH, mode, server.baseUrl, server.apiKey, file.path, String(CHUNK_BYTES)]
    const { code, stdout, stderr } = await runProgram('python3', args)
    assert.equal(code, 0, stderr)
    const report: SampleReport = JSON.parse(stdout)
    assert.deepEqual(report.statuses, { upload_url: 200, register: 201 })
    assert.equal(report.file.file_size, file.sizeBytes)
    assert.equal(report.exchanges.at(-1)?.object?.size, String(file.sizeBytes))
    assert.equal(report.exchanges.at(-1)?.object?.crc32c, report.file.crc32c)
    assert.deepEqual(await api.download(report.file.id), { status: 200, sha256: file.sha256 })
    return report
  }

  const statusesOf = ({ exchanges }: SampleReport) => exchanges.map(({ status }) => status)
  const rangesOf = ({ exchanges }: SampleReport) => exchanges.map(({ range }) => range)

  it('uploads with one PUT that has a length and no Content-Range', async () => {
    assert.deepEqual(statusesOf(await upload('whole', uneven)), [200])
  })

  it('uploads a generator, which is sent chunked and as a form', async () => {
    assert.deepEqual(statusesOf(await upload('generator', uneven)), [200])
  })

  it('uploads chunk by chunk when it knows the size', async () => {
    const report = await upload('chunks', uneven)
    assert.deepEqual(statusesOf(report), [308, 308, 308, 308, 200])
    assert.deepEqual(rangesOf(report).slice(0, 4), chunkRanges(4))
  })

  it('uploads an exact number of chunks', async () => {
    const report = await upload('chunks', even)
    assert.deepEqual(statusesOf(report), [308, 308, 308, 200])
    assert.deepEqual(rangesOf(report).slice(0, 3), chunkRanges(3))
  })

  it('uploads chunks without a total, and sends the total at the end', async () => {
    const report = await upload('unknown-size', even)
    // The chunk that reaches the declared size is already the last one. The request with the total gets the same
    // object.
    assert.deepEqual(statusesOf(report), [308, 308, 308, 200, 200])
    assert.deepEqual(rangesOf(report).slice(0, 3), chunkRanges(3))
    const [last, said] = report.exchanges.slice(-2)
    assert.equal(said?.content_range, `bytes */${even.sizeBytes}`)
    assert.deepEqual(said?.object, last?.object)
  })
})

function chunkRanges(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `bytes=0-${(index + 1) * CHUNK_BYTES - 1}`)
}
