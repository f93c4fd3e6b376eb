import { type Stats, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FIRST_KEY_FILE } from '@waybill/server/compose/first-key.ts'
import type { Config } from '@waybill/server/config.ts'
import { failed, ok, type Seen, warning } from './finding.ts'

const WRITE_BY_OTHERS = 0o022
/** Mode bits of other users: any access, and permission to traverse a folder; for the group and for all others. */
const GROUP = { any: 0o070, pass: 0o010 }
const EVERYBODY = { any: 0o007, pass: 0o001 }

/** Reports other users' access to the data, and a first-start key file that was not removed. */
export async function checkPermissions(config: Config): Promise<Seen[]> {
  const paths = [...new Set(dataPaths(config))]
  const found = paths.flatMap((path) => findAccess(path, statIfThere(path)))
  const keyPath = join(config.dataDirectory, FIRST_KEY_FILE)
  if (statIfThere(keyPath) !== null) {
    found.push(
      warning(
        'first-key-kept',
        `${keyPath} still contains the admin key of the first start: store it where you keep secrets, and remove the file.`,
      ),
    )
  }
  if (found.length > 0) return found
  return [ok('The data on this machine can only be read and changed by its owner.')]
}

function dataPaths({ dataDirectory, storage, database }: Config): string[] {
  const records =
    database.kind === 'sqlite' && database.path !== ':memory:'
      ? ['', '-wal', '-shm'].map((end) => database.path + end)
      : []
  return [
    dataDirectory,
    join(dataDirectory, FIRST_KEY_FILE),
    ...(storage.kind === 'disk' ? [storage.directory] : []),
    ...records.slice(0, 1).map(dirname),
    ...records,
  ]
}

function findAccess(path: string, stats: Stats | null): Seen[] {
  if (stats === null) return []
  // A file is out of reach in a folder that others may not enter. A folder is judged by itself: what protects it from
  // above may be opened for another reason.
  const isReachable = (pass: number) => stats.isDirectory() || (statSync(dirname(path)).mode & pass) !== 0
  const may = [GROUP, EVERYBODY]
    .filter(({ pass }) => isReachable(pass))
    .reduce((bits, { any }) => bits | (stats.mode & any), 0)
  if (may === 0) return []
  const mode = (stats.mode & 0o777).toString(8).padStart(4, '0')
  const advice = `Run: chmod ${stats.isDirectory() ? '700' : '600'} ${path}`
  if ((may & WRITE_BY_OTHERS) !== 0) {
    const risk = 'other users of this machine may replace files and records'
    return [failed('others-may-write', `${path} has mode ${mode}: ${risk}. ${advice}`)]
  }
  const risk = 'other users of this machine may read it'
  return [warning('others-may-read', `${path} has mode ${mode}: ${risk}. ${advice}`)]
}

function statIfThere(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null
}
