import type { Sample, Size } from './simulation.ts'

const FILES = 1e10
const REGISTERS_PER_SECOND = 1e5
/** Assumed capacity of one server; docs/scaling.md has the reasons. */
const SHARD_CORES = 32
const SHARD_WAL_BYTES_PER_SECOND = 300e6
const SHARD_BYTES = 4e12
/** Planned utilization of a server. */
const SHARE_TO_USE = 0.5

/** Returns the resources for the target size, extrapolated from the measured costs, as lines of Markdown. */
export function extrapolate(
  sizes: readonly Size[],
  { cpuSecondsPer1000, walBytesEach }: Sample,
  leastWalBytesEach: number,
): string {
  const records = sizes.filter(({ name }) => !name.startsWith('audit_events'))
  const sum = (all: readonly Size[]) => all.reduce((total, { bytesPerFile }) => total + bytesPerFile, 0)
  const bytesPerFile = sum(records)
  const indexShare = sum(records.filter(({ isIndex }) => isIndex)) / bytesPerFile
  const bytes = bytesPerFile * FILES
  const cores = (cpuSecondsPer1000 / 1000) * REGISTERS_PER_SECOND
  const wal = walBytesEach * REGISTERS_PER_SECOND
  const leastWal = leastWalBytesEach * REGISTERS_PER_SECOND
  const shards = {
    cores: cores / SHARD_CORES / SHARE_TO_USE,
    wal: wal / SHARD_WAL_BYTES_PER_SECOND / SHARE_TO_USE,
    bytes: bytes / SHARD_BYTES,
  }
  return [
    `## 10^10 files, 10^5 registers per second\n`,
    `- records and sessions: ${bytesPerFile.toFixed(0)} bytes per file (${(indexShare * 100).toFixed(0)} % of them in indexes), ${(bytes / 1e12).toFixed(1)} TB`,
    `- cores of PostgreSQL: ${cores.toFixed(0)}, for the register statement alone`,
    `- write-ahead log: ${(leastWal / 1e6).toFixed(0)} MB/s without full-page images, ${(wal / 1e6).toFixed(0)} MB/s right after a checkpoint`,
    `- shards: ${Object.entries(shards)
      .map(([by, count]) => `${Math.ceil(count)} by ${by}`)
      .join(', ')}`,
  ].join('\n')
}
