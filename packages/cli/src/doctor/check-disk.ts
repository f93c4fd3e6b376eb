import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { formatByteSize } from '../byte-size.ts'
import { type CheckResult, failed, ok, warning } from './finding.ts'

const LOW_SPACE_BYTES = 1_000_000_000
/** Free space below which the server is read-only. */
const FULL_BYTES = 4 * 1024 * 1024
const LOW_SPACE_PART = 0.1
const LOW_INODES_PART = 0.05
const SYNCED_WRITES = 21
const WRITE_BYTES = 4096
const SLOW_SYNC_MS = 20
const STREAM_BYTES = 64 * 1024 * 1024
const PIECE_BYTES = 1024 * 1024
const SLOW_BYTES_PER_SECOND = 30_000_000

/** File systems whose locks and renames SQLite and upload locks cannot rely on. Keys: magic numbers of statfs(2). */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x00c36400, 'Ceph'],
  [0x01021997, '9p'],
  [0x0bd00bd3, 'Lustre'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x7461636f, 'OCFS2'],
  [0x01161970, 'GFS2'],
])
const MEMORY_FILE_SYSTEMS: ReadonlySet<number> = new Set([0x01021994, 0x858458f6])
const FUSE = 0x65735546
const OVERLAY = 0x794c7630

/**
 * Checks the file system of an existing folder, its free space, and the speed of synced writes. The writes go to a
 * temporary file that is unlinked before it is written.
 */
export async function checkDisk(directory: string): Promise<CheckResult[]> {
  const facts = await statfs(directory)
  const found = [...fileSystemProblems(directory, facts.type), ...spaceProblems(directory, facts)]
  // The test writes do not fit on a full disk, and would use the space that deletes need.
  if (facts.bavail * facts.bsize < FULL_BYTES + STREAM_BYTES) return found
  const speed = await measure(directory)
  found.push(...speedProblems(directory, speed))
  const free = formatByteSize(facts.bavail * facts.bsize)
  const rate = formatByteSize(Math.round(speed.bytesPerSecond))
  const figures = `${directory}: ${free} free; a synced write of 4 KiB takes ${speed.syncMs.toFixed(2)} ms (median of ${SYNCED_WRITES}); throughput with sync is ${rate}/s.`
  return found.length === 0 ? [ok(figures)] : [...found, ok(figures)]
}

/** Returns the problem of a file system type, if any. `type` is the magic number of statfs(2). */
export function fileSystemProblems(directory: string, type: number): CheckResult[] {
  const network = NETWORK_FILE_SYSTEMS.get(type)
  if (network !== undefined) {
    return [
      failed(
        'network-file-system',
        `${directory} is on ${network}, where locks and renames are not reliable: files can be lost. Use a local disk (ext4, XFS, ZFS).`,
      ),
    ]
  }
  if (MEMORY_FILE_SYSTEMS.has(type)) {
    return [
      failed(
        'memory-file-system',
        `${directory} is in memory (tmpfs): all files are lost at a restart. Use a disk.`,
      ),
    ]
  }
  if (type === FUSE) {
    return [
      warning(
        'fuse',
        `${directory} is on a FUSE file system, which may be a network file system. Use a local disk unless you know that this one supports sync and locks.`,
      ),
    ]
  }
  if (type === OVERLAY) {
    return [
      warning(
        'overlay',
        `${directory} is in the container's own layer: all files are lost when the container is removed. Mount a volume there.`,
      ),
    ]
  }
  return []
}

interface Space {
  readonly bsize: number
  readonly blocks: number
  readonly bavail: number
  readonly files: number
  readonly ffree: number
}

export function spaceProblems(
  directory: string,
  { bsize, blocks, bavail, files, ffree }: Space,
): CheckResult[] {
  const freeBytes = bavail * bsize
  const found: CheckResult[] = []
  if (freeBytes < FULL_BYTES) {
    found.push(
      failed(
        'disk-full',
        `${directory} is full: the server accepts only reads and deletes, and responds to all other requests with 507. Delete files or free some space.`,
      ),
    )
  } else if (freeBytes < LOW_SPACE_BYTES || bavail < blocks * LOW_SPACE_PART) {
    const make = freeBytes < LOW_SPACE_BYTES ? failed : warning
    found.push(
      make(
        'low-space',
        `${directory} has ${formatByteSize(freeBytes)} free of ${formatByteSize(blocks * bsize)}. Free some space before uploads are refused.`,
      ),
    )
  }
  // Some file systems create inodes on demand and report 0.
  if (files > 0 && ffree < files * LOW_INODES_PART) {
    found.push(
      warning(
        'low-inodes',
        `${directory} has ${ffree} inodes free of ${files}, and each file needs one. Move to a file system with more inodes.`,
      ),
    )
  }
  return found
}

interface Speed {
  readonly syncMs: number
  readonly bytesPerSecond: number
}

function speedProblems(directory: string, { syncMs, bytesPerSecond }: Speed): CheckResult[] {
  const found: CheckResult[] = []
  if (syncMs > SLOW_SYNC_MS) {
    found.push(
      warning(
        'slow-sync',
        `${directory} takes ${syncMs.toFixed(0)} ms to sync 4 KiB, and each upload waits for several syncs. Use an SSD.`,
      ),
    )
  }
  if (bytesPerSecond < SLOW_BYTES_PER_SECOND) {
    found.push(
      warning(
        'slow-disk',
        `${directory} writes ${formatByteSize(Math.round(bytesPerSecond))}/s: no upload can be faster.`,
      ),
    )
  }
  return found
}

async function measure(directory: string): Promise<Speed> {
  const path = join(directory, `doctor-${randomBytes(8).toString('hex')}.tmp`)
  const file = await open(path, 'wx', 0o600)
  try {
    // An unlinked file is freed when this process ends, even if it is killed.
    await rm(path)
    return { syncMs: await medianSyncMs(file), bytesPerSecond: await streamBytesPerSecond(file) }
  } finally {
    await file.close()
  }
}

async function medianSyncMs(file: FileHandle): Promise<number> {
  const bytes = randomBytes(WRITE_BYTES)
  const times: number[] = []
  for (let write = 0; write < SYNCED_WRITES; write++) {
    const begin = performance.now()
    await file.write(bytes, 0, WRITE_BYTES, write * WRITE_BYTES)
    await file.datasync()
    times.push(performance.now() - begin)
  }
  return times.sort((a, b) => a - b)[SYNCED_WRITES >> 1] ?? 0
}

async function streamBytesPerSecond(file: FileHandle): Promise<number> {
  const bytes = randomBytes(PIECE_BYTES)
  const begin = performance.now()
  for (let position = 0; position < STREAM_BYTES; position += PIECE_BYTES) {
    await file.write(bytes, 0, PIECE_BYTES, position)
  }
  await file.datasync()
  return STREAM_BYTES / ((performance.now() - begin) / 1000)
}
