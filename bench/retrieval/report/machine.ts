import { readFile } from 'node:fs/promises'
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os'

/** Name and value of each line of the table. */
export type MachineFacts = readonly (readonly [name: string, value: string])[]

/** Returns the date, the machine with its load, and the versions of what was measured. */
export async function describeRetrievalMachine(startedAt: Date, loadBefore: number): Promise<MachineFacts> {
  const load = [loadBefore, loadavg()[0] ?? 0].map((value) => value.toFixed(1))
  const versions = await Promise.all([
    versionIn('../../../package.json'),
    versionIn('../../peers/node_modules/minisearch/package.json'),
    versionIn('../../peers/node_modules/@orama/orama/package.json'),
  ])
  const [waybill, minisearch, orama] = versions
  return [
    ['measured', `${startedAt.toISOString().slice(0, 16).replace('T', ', ')} UTC`],
    ['processor', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores`],
    ['memory', `${Math.round(totalmem() / 1024 ** 3)} GiB`],
    ['system', `${platform()} ${release()} ${arch()}`],
    ['load average before and after', load.join(', ')],
    [
      'versions',
      `node ${process.versions.node}, SQLite ${process.versions.sqlite}, waybill ${waybill}, minisearch ${minisearch}, orama ${orama}`,
    ],
  ]
}

async function versionIn(path: string): Promise<string> {
  return JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8')).version
}
