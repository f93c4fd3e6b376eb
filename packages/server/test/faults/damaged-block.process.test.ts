import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { open, readdir, stat, truncate } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { createApi } from '../clients/api.ts'
import { createRandomFile, createScratchFolder, MIB, type RandomFile } from '../clients/random-file.ts'
import { finishUpload } from '../clients/session.ts'
import { startServer, type TestServer } from '../start-server.ts'

interface Received {
  readonly status: number
  readonly isComplete: boolean
  readonly sha256: string
}

describe('an object that was damaged on the disk', () => {
  let server: TestServer
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let file: RandomFile
  let downloadUrl: string
  /** File with the bytes of the object. */
  let dataPath: string
  const api = createApi(() => server)

  before(async () => {
    server = await startServer()
    folder = await createScratchFolder()
    file = await createRandomFile(folder.path, 'damaged', 8 * MIB + 21)
  })

  after(async () => {
    await server?.stop()
    await folder?.remove()
  })

  beforeEach(async () => {
    const others = await largeFiles(server.dataDir)
    const ticket = await api.uploadUrl('damaged.bin', file.sizeBytes)
    await finishUpload(ticket.upload_url, file, 0)
    const registered = await api.assertArrived(ticket, 'damaged.bin', file)
    downloadUrl = await api.downloadUrl(registered.id)
    const [path, ...more] = (await largeFiles(server.dataDir)).filter((path) => !others.includes(path))
    assert.ok(path && more.length === 0, 'the bytes are in one file')
    dataPath = path
  })

  const assertNotServed = async (headers: Record<string, string> = {}) => {
    const received = await receive(downloadUrl, headers)
    const isCompleteSuccess = received.isComplete && received.status < 300
    assert.equal(isCompleteSuccess, false, `a complete ${received.status} of wrong bytes`)
  }

  it('is not served completely when one bit is flipped', async () => {
    await flipBit(dataPath, 5 * MIB + 12_345)
    await assertNotServed()
  })

  it('is not served when the flipped bit is in the first or in the last block', async () => {
    for (const position of [100, file.sizeBytes - 50]) {
      await flipBit(dataPath, position)
      await assertNotServed()
      await flipBit(dataPath, position)
      assert.deepEqual(await receive(downloadUrl), { status: 200, isComplete: true, sha256: file.sha256 })
    }
  })

  it('is answered with an uncacheable error when its first bytes cannot be served', async () => {
    await flipBit(dataPath, 100)
    const answer = await fetch(downloadUrl)
    const { error } = (await answer.json()) as { error: { code: string; trace_id: string } }
    assert.equal(answer.status, 503)
    assert.equal(error.code, 'STORAGE_UNAVAILABLE')
    assert.equal(error.trace_id, answer.headers.get('x-request-id'))
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    for (const name of ['etag', 'last-modified', 'content-disposition']) {
      assert.equal(answer.headers.get(name), null, name)
    }
  })

  it('does not serve a range with the flipped bit', async () => {
    await flipBit(dataPath, 5 * MIB + 12_345)
    await assertNotServed({ Range: `bytes=${5 * MIB + 12_000}-${5 * MIB + 13_000}` })
    await assertNotServed({ Range: `bytes=${3 * MIB}-` })
  })

  it('is not served completely when its end is missing', async () => {
    await truncate(dataPath, 6 * MIB)
    await assertNotServed()
  })

  it('is still refused by a new process', async () => {
    await server.kill('SIGTERM')
    await flipBit(dataPath, 2 * MIB + 1)
    server = await server.restart()
    await assertNotServed()
  })
})

/** Receives an answer without fetch, which hides the bytes before a break. */
async function receive(url: string, headers: Record<string, string> = {}): Promise<Received> {
  const outgoing = get(url, { headers, agent: false })
  const hash = createHash('sha256')
  try {
    const [incoming]: IncomingMessage[] = await once(outgoing, 'response')
    assert.ok(incoming)
    await incoming.forEach((piece) => void hash.update(piece)).catch(() => {})
    return { status: incoming.statusCode ?? 0, isComplete: incoming.complete, sha256: hash.digest('hex') }
  } catch {
    return { status: 0, isComplete: false, sha256: hash.digest('hex') }
  }
}

/** Returns the large files, which hold the bytes of objects in any layout of the folder. */
async function largeFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  // The server may remove a file of its own meanwhile.
  const sizes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return paths.filter((_, index) => (sizes[index] ?? 0) >= 8 * MIB)
}

async function flipBit(path: string, position: number) {
  await using handle = await open(path, 'r+')
  const byte = Buffer.alloc(1)
  await handle.read(byte, 0, 1, position)
  byte.writeUInt8(byte.readUInt8() ^ 1)
  await handle.write(byte, 0, 1, position)
}
