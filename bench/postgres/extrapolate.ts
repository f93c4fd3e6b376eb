import type { Sample, Size } from './simulation.ts'

const FILES = 1e10
const REGISTERS_PER_SECOND = 1e5
/** What we take one server of a shard to be: the page says why. */
const SHARD_CORES = 32
const SHARD_WAL_BYTES_PER_SECOND = 300e6
const SHARD_BYTES = 4e12
/** No server is planned to be used up. */
const SHARE_TO_USE = 0.5

/** What so many files and registers need, by the costs that were measured, as lines of Markdown. */
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
    `## 10^10 files, 10^5 registers a second\n`,
    `- records and sessions: ${bytesPerFile.toFixed(0)} bytes a file (${(indexShare * 100).toFixed(0)} % of it indexes), ${(bytes / 1e12).toFixed(1)} TB`,
    `- cores of PostgreSQL: ${cores.toFixed(0)}, for the register’s statement alone`,
    `- log: ${(leastWal / 1e6).toFixed(0)} MB/s without images of pages, ${(wal / 1e6).toFixed(0)} MB/s right after a checkpoint`,
    `- shards: ${Object.entries(shards)
      .map(([by, count]) => `${Math.ceil(count)} by ${by}`)
      .join(', ')}`,
  ].join('\n')
}
