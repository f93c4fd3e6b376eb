import { type Stats, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FIRST_KEY_FILE } from '@waybill/server/compose/first-key.ts'
import type { Config } from '@waybill/server/config.ts'
import { type CheckResult, failed, ok, warning } from './finding.ts'

const WRITE_BY_OTHERS = 0o022
/** Mode bits for any access, and for the permission to traverse a folder. */
const GROUP = { any: 0o070, traverse: 0o010 }
const OTHERS = { any: 0o007, traverse: 0o001 }

/** Reports other users' access to the data, and a first-start key file that was not removed. */
export async function checkPermissions(config: Config): Promise<CheckResult[]> {
  const paths = [...new Set(dataPaths(config))]
  const found = paths.flatMap((path) => findAccess(path, statOrNull(path)))
  const keyPath = join(config.dataDirectory, FIRST_KEY_FILE)
  if (statOrNull(keyPath) !== null) {
    found.push(
      warning(
        'first-key-kept',
        `${keyPath} still contains the admin key of the first start. Store the key where you keep secrets, and remove the file.`,
      ),
    )
  }
  if (found.length > 0) return found
  return [ok('Only the owner of the data on this machine can read and change it.')]
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

function findAccess(path: string, stats: Stats | null): CheckResult[] {
  if (stats === null) return []
  // Other users cannot reach a file in a folder that they may not traverse. Parents of a folder are not considered:
  // the operator may open them later for another reason.
  const isReachable = (traverse: number) =>
    stats.isDirectory() || (statSync(dirname(path)).mode & traverse) !== 0
  const access = [GROUP, OTHERS]
    .filter(({ traverse }) => isReachable(traverse))
    .reduce((bits, { any }) => bits | (stats.mode & any), 0)
  if (access === 0) return []
  const mode = (stats.mode & 0o777).toString(8).padStart(4, '0')
  const advice = `Run: chmod ${stats.isDirectory() ? '700' : '600'} ${path}`
  if ((access & WRITE_BY_OTHERS) !== 0) {
    const risk = 'other users of this machine may replace files and records'
    return [failed('others-may-write', `${path} has mode ${mode}: ${risk}. ${advice}`)]
  }
  const risk = 'other users of this machine may read it'
  return [warning('others-may-read', `${path} has mode ${mode}: ${risk}. ${advice}`)]
}

function statOrNull(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null
}
