import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { open, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MIB = 1024 * 1024

export interface SmallDisk {
  readonly path: string
  /** Fills the disk until only this many bytes are free. */
  fill(keptFreeBytes: number): Promise<void>
  freeBytes(): Promise<number>
  /** Frees the filled space. */
  empty(): Promise<void>
  unmount(): void
}

/** Mounts a small file system in memory. Returns the reason when that is impossible (mounting needs root). */
export function mountSmallDisk(sizeBytes: number): SmallDisk | string {
  const path = mkdtempSync(join(tmpdir(), 'waybill-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', path])
  if (mounted.status !== 0) {
    rmdirSync(path)
    return `no file system can be mounted here: ${mounted.error?.message ?? mounted.stderr.toString().trim()}`
  }
  const fillerPath = join(path, 'filler')
  const freeBytes = async () => {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  }
  return {
    path,
    freeBytes,
    fill: async (keptFreeBytes) => {
      await using filler = await open(fillerPath, 'a')
      for (;;) {
        const surplus = (await freeBytes()) - keptFreeBytes
        if (surplus <= 0) return
        await filler.write(Buffer.alloc(Math.min(surplus, MIB), 1))
      }
    },
    empty: () => rm(fillerPath, { force: true }),
    unmount: () => {
      spawnSync('umount', [path])
      rmdirSync(path)
    },
  }
}
