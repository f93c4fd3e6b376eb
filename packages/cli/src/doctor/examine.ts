import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Config } from '@waybill/server/config.ts'
import type { Database } from '@waybill/server/database/database.ts'
import type { Log } from '@waybill/server/operations/context.ts'
import { openDatabase, openStorage } from '@waybill/server/server.ts'
import type { DelegatedStorage, ObjectStorage } from '@waybill/server/storage/storage.ts'
import { checkClock, checkInstallationTime, clockOfUrl, type OtherClock } from './check-clock.ts'
import { checkDatabase } from './check-database.ts'
import { checkDisk } from './check-disk.ts'
import { checkPermissions } from './check-permissions.ts'
import { checkProvider } from './check-provider.ts'
import { checkSettings } from './check-settings.ts'
import { checkStorage } from './check-storage.ts'
import { type Finding, failed, ok, type Seen, warning } from './finding.ts'
import { type Check, reasonOf, runChecks } from './run-checks.ts'
import { checkUrl } from './url/check-url.ts'
import { withKey } from './with-key.ts'

export interface Examination {
  readonly config: Config
  /** Null where nobody says one: then nothing is uploaded. */
  readonly url: string | null
  readonly organizationId: string | null
  /** Null where the doctor makes one for itself. */
  readonly apiKey: string | null
  readonly seconds: number
  readonly log: Log
  readonly report: (finding: Finding) => void
}

/** Makes all checks, in the order of what builds on what. */
export async function examine(examination: Examination): Promise<Finding[]> {
  const { config, url, report } = examination
  const database = await opened(isShared(config) ? () => openDatabase(config.database) : null)
  const storage = await opened(
    config.storage.kind === 'memory' ? null : () => openStorage(config.storage, config.uploadSync),
  )
  const checks: Check[] = [
    { name: 'settings', run: () => checkSettings(config) },
    { name: 'clock', run: () => checkClocks(url, database.value) },
    { name: 'disk', run: () => checkDisks(config) },
    { name: 'access', run: () => checkPermissions(config) },
    { name: 'database', run: () => withOpened(database, 'database', checkDatabase) },
    {
      name: 'storage',
      run: () =>
        withOpened(
          storage,
          'storage',
          (store) => checkStorage(store, database.value),
          config.storage.kind === 'gcs' ? '' : undefined,
        ),
    },
    ...(isDelegated(storage.value) ? [providerCheck(storage.value, config)] : []),
    { name: 'url', run: () => checkThroughUrl(examination, database.value) },
  ]
  try {
    return await runChecks(checks, report)
  } finally {
    await storage.value?.close()
    await database.value?.close()
  }
}

function isDelegated(storage: ObjectStorage | null): storage is DelegatedStorage {
  return storage?.uploads.mode === 'delegated'
}

function providerCheck(storage: DelegatedStorage, { corsOrigins }: Config): Check {
  return { name: 'provider', run: () => checkProvider(storage, corsOrigins) }
}

function isShared({ database }: Config): boolean {
  return database.kind !== 'sqlite' || database.path !== ':memory:'
}

async function checkClocks(url: string | null, database: Database | null): Promise<Seen[]> {
  const mark = (await database?.installation.clock()) ?? null
  return [...checkInstallationTime(mark, Date.now()), ...(await checkClock(otherClocks(url, database)))]
}

function otherClocks(url: string | null, database: Database | null): OtherClock[] {
  return [
    ...(url === null ? [] : [clockOfUrl(url)]),
    ...(database === null ? [] : [{ name: 'the database', timeMs: database.clockMs }]),
  ]
}

/** The objects' folder, and the database's where that is another file system. */
async function checkDisks({ storage, database }: Config): Promise<Seen[]> {
  const directories = [
    ...(storage.kind === 'disk' ? [storage.directory] : []),
    ...(database.kind === 'sqlite' && database.path !== ':memory:' ? [dirname(database.path)] : []),
  ]
  const devices = new Set<number>()
  const seen: Seen[] = []
  for (const directory of directories) {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const { dev } = await stat(directory)
    if (devices.has(dev)) continue
    devices.add(dev)
    seen.push(...(await checkDisk(directory)))
  }
  return seen.length > 0 ? seen : [ok('Nothing is kept on a disk.')]
}

/** Both null where there is nothing that this process could open. */
interface Opened<T> {
  readonly value: T | null
  readonly problem: string | null
}

async function opened<T>(open: (() => Promise<T>) | null): Promise<Opened<T>> {
  if (open === null) return { value: null, problem: null }
  return open().then(
    (value) => ({ value, problem: null }),
    (error: unknown) => ({ value: null, problem: reasonOf(error) }),
  )
}

async function withOpened<T extends Database | ObjectStorage>(
  { value, problem }: Opened<T>,
  name: string,
  check: (value: T) => Promise<Seen[]>,
  advice = ' Look at the path, and who may read and write there.',
): Promise<Seen[]> {
  if (value !== null) return check(value)
  if (problem === null) return [warning('in-memory', `Only the server itself can see a ${name} in memory.`)]
  return [failed(`${name}-unusable`, `${problem}.${advice}`)]
}

async function checkThroughUrl(
  { config, url, organizationId, apiKey, seconds, log }: Examination,
  database: Database | null,
): Promise<Seen[]> {
  if (url === null) {
    return [ok('Nothing was uploaded: there is neither --url nor PUBLIC_URL.')]
  }
  const target = {
    url,
    contentType: allowedType(config),
    seconds,
    idleMs: config.uploadIdleMs,
    takesBytes: config.storage.kind !== 'gcs',
  }
  if (apiKey !== null && organizationId !== null) return checkUrl({ ...target, apiKey, organizationId })
  const whose = organizationId ?? (await newestOrganization(database))
  if (database === null || whose === null) {
    return [
      warning(
        'no-key',
        'Nothing was uploaded: there is no organization to upload for. Start the server once, or set WAYBILL_ORGANIZATION and WAYBILL_API_KEY.',
      ),
    ]
  }
  return withKey(log, database, whose, (key) => checkUrl({ ...target, ...key }))
}

async function newestOrganization(database: Database | null): Promise<string | null> {
  const page = await database?.installation.listOrganizations({ limit: 1, skip: 0, after: null })
  return page?.items[0]?.id ?? null
}

/** A type that may be uploaded; of all `image/*` any one is. */
function allowedType({ allowedMimeTypes }: Config): string {
  return (allowedMimeTypes?.[0] ?? 'application/octet-stream').replace(/\/\*$/, '/png')
}
