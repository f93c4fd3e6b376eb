import type { Readable } from 'node:stream'
import { crc32cToBase64 } from '../../platform/crc32c.ts'
import { releaseBuffer } from '../../platform/release-buffer.ts'
import { combinedCrc32c, createRunningChecksums, NO_BYTES } from '../block-checksums.ts'
import { createFlow } from '../body-flow.ts'
import type { BodyEnd } from '../hosted-uploads.ts'
import type { Written } from '../object-storage.ts'
import { createRunningDigests } from '../running-digests.ts'
import type { UploadSpec } from '../stored-object.ts'
import type { WriterLock } from '../writer-locks.ts'
import { assertRoom } from './append-body.ts'
import { describeBlocks } from './describe-blocks.ts'
import { syncDirectory } from './directories.ts'
import type { FileSystem } from './file-system.ts'
import type { ObjectPaths } from './object-paths.ts'
import { writeFully } from './write-fully.ts'
import { createWriterId } from './writer-id.ts'

/** Time after which a body that still arrives goes to files, so that a slow client keeps no memory reserved. */
const MAX_COLLECT_MS = 100

export interface SmallTarget {
  readonly fs: FileSystem
  readonly spec: UploadSpec
  readonly paths: ObjectPaths
  readonly lock: WriterLock
}

/**
 * Creates an object from a body of at most `maxBytes`, which is in memory before its file is created: without a log, and
 * with one write. The name must have no upload, and the caller has reserved the memory. Its order of steps is that of
 * `finalizeObject`. Returns null for a slow body, which can then be read from its beginning.
 */
export async function writeSmallObject(
  target: SmallTarget,
  body: Readable,
  maxBytes: number,
): Promise<Written | null> {
  const { lock } = target
  const { ended, bytes } = await collect(body, lock, maxBytes)
  if (ended === 'slow') {
    // A copy, because a few bytes would keep the whole buffer in memory.
    if (bytes.length > 0) body.unshift(Buffer.from(bytes))
    return null
  }
  if (ended === 'taken-over') body.destroy()
  if (ended !== 'complete') return { kind: ended === 'too-long' ? 'too-long' : 'interrupted' }
  lock.settle()
  return publish(target, bytes)
}

/** Copies the body to one buffer: many small chunks would need more memory than is reserved. */
async function collect(
  body: Readable,
  { takeOver }: WriterLock,
  maxBytes: number,
): Promise<{ readonly ended: BodyEnd | 'slow'; readonly bytes: Buffer }> {
  const buffer = Buffer.allocUnsafeSlow(maxBytes)
  let length = 0
  let isSlow = false
  const flow = createFlow(body, takeOver, (chunk) => {
    if (length + chunk.length > maxBytes) return flow.stop('too-long')
    length += chunk.copy(buffer, length)
    releaseBuffer(chunk)
  })
  const timer = setTimeout(() => {
    isSlow = flow.isOpen()
    flow.stop('interrupted')
  }, MAX_COLLECT_MS)
  const ended = await flow.ended
  clearTimeout(timer)
  return { ended: isSlow ? 'slow' : ended, bytes: buffer.subarray(0, length) }
}

async function publish(
  { fs, spec, paths }: SmallTarget,
  content: Buffer,
): Promise<Extract<Written, { kind: 'object' }>> {
  const { description, footer } = describe(spec, content)
  await assertRoom(fs, paths.directory, content.length)
  const path = paths.segment(createWriterId())
  const file = await fs.open(path, 'create')
  try {
    await writeFully(file, [content, footer], 0)
    await file.datasync()
    await fs.link(path, paths.object)
    await syncDirectory(fs, paths.directory)
    await fs.remove(path)
  } catch (error) {
    // If the object is linked, both names stay: they tell readers that its name may not be durable yet.
    const isUnused = await file.stat().then(
      ({ nlink }) => nlink === 1,
      () => false,
    )
    if (isUnused) await fs.remove(path).catch(() => {})
    throw error
  } finally {
    // An error does not matter: the bytes are durable.
    await file.close().catch(() => {})
  }
  return { kind: 'object', object: description.metadata, content }
}

function describe(spec: UploadSpec, content: Buffer) {
  const running = createRunningChecksums(NO_BYTES)
  running.update(content)
  const checksums = running.snapshot()
  const digests = createRunningDigests(spec.checksums ?? [])
  digests.update(content)
  const crc32c = crc32cToBase64(combinedCrc32c(checksums))
  return describeBlocks(
    { spec, checksums, crc32c, digests: digests.current() },
    { earlierSegments: [], lastSegmentBytes: content.length },
  )
}
