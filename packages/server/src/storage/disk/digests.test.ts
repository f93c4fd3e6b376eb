import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { createSeededRandom, type SeededRandom } from '../../../test/seeded-random.ts'
import { ServiceError } from '../../domain/errors.ts'
import { NO_HASHES } from '../../domain/uploads/upload-session.ts'
import type { UploadWriter } from '../hosted-uploads.ts'
import type { HostedStorage } from '../object-storage.ts'
import { openDiskStorage } from './disk-storage.ts'
import type { FileSystem } from './file-system.ts'
import { nodeFileSystem } from './node-file-system.ts'

const BYTES = randomBytes(400_000)
const EXPECTED = { md5: digest('md5'), sha256: digest('sha256') }
const bodyOf = (bytes: Buffer) => Readable.from([Buffer.from(bytes)], { objectMode: false })

function digest(algorithm: string): string {
  return createHash(algorithm).update(BYTES).digest('base64')
}

const specOf = () => ({
  name: randomBytes(8).toString('hex'),
  contentType: 'application/x-test',
  checksums: ['md5', 'sha256'] as const,
})
type Spec = ReturnType<typeof specOf>

/** Creates a file system that counts the bytes read from segments. */
function countingReads(): { fs: FileSystem; readBytes: () => number } {
  let readBytes = 0
  const open: FileSystem['open'] = async (path, mode) => {
    const file = await nodeFileSystem.open(path, mode)
    if (path.endsWith('.log')) return file
    return {
      ...file,
      read: async (into, offset, length, position) => {
        const result = await file.read(into, offset, length, position)
        readBytes += result.bytesRead
        return result
      },
    }
  }
  return { fs: { ...nodeFileSystem, open }, readBytes: () => readBytes }
}

describe('digests of an upload on disk', () => {
  let folder: string
  const open = (fs: FileSystem = nodeFileSystem) =>
    openDiskStorage(folder, { heldBytes: 0, limitBytes: 64 * 1024 * 1024 }, { fs })
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-digests-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const claim = async (storage: HostedStorage, spec: Spec): Promise<UploadWriter> => {
    const writer = await storage.uploads.claim(spec, null)
    assert.ok(writer)
    return writer
  }
  const appendUpTo = async (writer: UploadWriter, end: number, bytes = BYTES) => {
    const body = bytes.subarray(writer.startOffset, end)
    await writer.append(bodyOf(body), { skipBytes: 0, maxBytes: body.length })
  }
  const finish = async (storage: HostedStorage, spec: Spec) => {
    const writer = await claim(storage, spec)
    await appendUpTo(writer, BYTES.length)
    const finalized = await writer.finalize(NO_HASHES)
    assert.ok(finalized.kind === 'object')
    const { md5, sha256 } = finalized.object
    assert.deepEqual({ md5, sha256 }, EXPECTED)
  }

  it('need no second read when one process receives all bytes, despite refused requests and lost connections', async () => {
    const { fs, readBytes } = countingReads()
    const storage = await open(fs)
    const spec = specOf()
    const first = await claim(storage, spec)
    await appendUpTo(first, 100_000)
    await first.commit(100_000)
    const refused = await claim(storage, spec)
    await appendUpTo(refused, 200_000, randomBytes(200_000))
    await refused.commit(100_000)
    await (await claim(storage, spec)).release()
    const cut = await claim(storage, spec)
    const body = new Readable({ read() {} })
    body.push(Buffer.from(BYTES.subarray(100_000, 250_000)))
    const appending = cut.append(body, { skipBytes: 0, maxBytes: BYTES.length })
    body.destroy(new Error('connection lost'))
    await cut.commit((await appending).offset)
    const before = readBytes()
    await finish(storage, spec)
    assert.equal(readBytes() - before, 0)
  })

  it('are computed with a second read when bytes arrived before a restart', async () => {
    const spec = specOf()
    const writer = await claim(await open(), spec)
    await appendUpTo(writer, 100_000)
    await writer.commit(100_000)
    await finish(await open(), spec)
  })

  it('do not include the bytes of a cancelled upload of the same name', async () => {
    const storage = await open()
    const other = await open()
    const spec = specOf()
    const cancelled = await claim(storage, spec)
    await appendUpTo(cancelled, 100_000, randomBytes(100_000))
    await cancelled.commit(100_000)
    await other.uploads.cancel(spec.name)
    const next = await claim(other, spec)
    await appendUpTo(next, 100_000)
    await next.commit(100_000)
    await finish(storage, spec)
  })

  it('match the stored bytes after random writers of two processes that fence each other', async () => {
    const random = createSeededRandom(Number(process.env.DIGESTS_SEED ?? 20_261_128))
    for (let run = 0; run < 60; run++) await playRandomly(random)
  })

  /** Runs random writers of two processes; some are never released, others commit fewer bytes than they received. */
  async function playRandomly(random: SeededRandom): Promise<void> {
    const storages = [await open(), await open()] as const
    const spec = specOf()
    const abandoned: UploadWriter[] = []
    for (let step = random.integer(0, 7); step >= 0; step--) {
      const writer = await claim(random.pick(storages), spec)
      const { startOffset } = writer
      const end = random.integer(startOffset, BYTES.length)
      const act = random.integer(0, 4)
      await appendUpTo(writer, end, act === 0 ? randomBytes(BYTES.length) : BYTES).catch(rethrowUnlessFenced)
      if (act === 0) await writer.commit(startOffset)
      else if (act === 1) await writer.release()
      else if (act === 2) await writer.commit(random.integer(startOffset, end))
      else if (act === 3) abandoned.push(writer)
      else await writer.commit(end)
      // The next writer of the same process would wait forever for this unreleased one.
      if (act === 3) break
    }
    const owner = abandoned.length === 0 ? random.pick(storages) : await open()
    await finish(owner, spec)
    for (const writer of abandoned) {
      await assert.rejects(writer.commit(writer.startOffset), rethrowUnlessFenced)
      await writer.release()
    }
  }
})

function rethrowUnlessFenced(error: unknown): true {
  if (error instanceof ServiceError && error.code === 'UPLOAD_FENCED') return true
  throw error
}
