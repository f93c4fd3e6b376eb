import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { openDatabase } from '@waybill/server/compose/open-database.ts'
import { openStorage } from '@waybill/server/compose/open-storage.ts'
import type { Config } from '@waybill/server/config.ts'
import type { Database } from '@waybill/server/database/database.ts'
import type { Log } from '@waybill/server/operations/log.ts'
import type { DelegatedStorage, ObjectStorage } from '@waybill/server/storage/object-storage.ts'
import { checkClock, checkInstallationTime, type OtherClock, urlClock } from './check-clock.ts'
import { checkDatabase } from './check-database.ts'
import { checkDisk } from './check-disk.ts'
import { checkEmbeddings } from './check-embeddings.ts'
import { checkModels } from './check-models.ts'
import { checkPermissions } from './check-permissions.ts'
import { checkProvider } from './check-provider.ts'
import { checkS3 } from './check-s3.ts'
import { checkScanner } from './check-scanner.ts'
import { checkSettings } from './check-settings.ts'
import { checkStorage } from './check-storage.ts'
import { type CheckResult, type Finding, failed, ok, warning } from './finding.ts'
import { type Check, reasonOf, runChecks } from './run-checks.ts'
import { checkUrl } from './url/check-url.ts'
import { withKey } from './with-key.ts'

export interface DoctorOptions {
  readonly config: Config
  /** Public URL for test uploads; null: no test uploads. */
  readonly url: string | null
  readonly organizationId: string | null
  /** Key for test uploads; null: a temporary key is created. */
  readonly apiKey: string | null
  readonly seconds: number
  readonly log: Log
  readonly report: (finding: Finding) => void
}

/** Runs all checks, each after those that it depends on. */
export async function runDoctor(options: DoctorOptions): Promise<Finding[]> {
  const { config, url, report } = options
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
          config.storage.kind === 'gcs' || config.storage.kind === 's3' ? '' : undefined,
        ),
    },
    ...s3Check(config),
    ...(isDelegated(storage.value) ? [providerCheck(storage.value, config)] : []),
    ...embeddingsCheck(config),
    ...modelsCheck(config),
    ...signInCheck(config),
    ...scannerCheck(config),
    { name: 'url', run: () => checkThroughUrl(options, database.value) },
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

function scannerCheck(config: Config): Check[] {
  const { scanner } = config
  return scanner === null ? [] : [{ name: 'scanner', run: () => checkScanner(scanner, config) }]
}

function s3Check({ storage }: Config): Check[] {
  return storage.kind === 's3' ? [{ name: 's3', run: () => checkS3(storage) }] : []
}

function embeddingsCheck({ embeddings }: Config): Check[] {
  return embeddings === null ? [] : [{ name: 'embeddings', run: () => checkEmbeddings(embeddings) }]
}

function modelsCheck({ models }: Config): Check[] {
  return models.servers.length === 0 ? [] : [{ name: 'models', run: () => checkModels(models) }]
}

function signInCheck({ oidc }: Config): Check[] {
  if (oidc === null) return []
  return [{ name: 'sign-in', run: async () => (await import('./check-sign-in.ts')).checkSignIn(oidc) }]
}

function isShared({ database }: Config): boolean {
  return database.kind !== 'sqlite' || database.path !== ':memory:'
}

async function checkClocks(url: string | null, database: Database | null): Promise<CheckResult[]> {
  const mark = (await database?.installation.clock()) ?? null
  return [...checkInstallationTime(mark, Date.now()), ...(await checkClock(otherClocks(url, database)))]
}

function otherClocks(url: string | null, database: Database | null): OtherClock[] {
  return [
    ...(url === null ? [] : [urlClock(url)]),
    ...(database === null ? [] : [{ name: 'the database', timeMs: database.clockMs }]),
  ]
}

/** Checks the folder of the objects, and the folder of the database if it is on another file system. */
async function checkDisks({ storage, database }: Config): Promise<CheckResult[]> {
  const directories = [
    ...(storage.kind === 'disk' ? [storage.directory] : []),
    ...(database.kind === 'sqlite' && database.path !== ':memory:' ? [dirname(database.path)] : []),
  ]
  const devices = new Set<number>()
  const results: CheckResult[] = []
  for (const directory of directories) {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const { dev } = await stat(directory)
    if (devices.has(dev)) continue
    devices.add(dev)
    results.push(...(await checkDisk(directory)))
  }
  return results.length > 0 ? results : [ok('The installation keeps no data on a local disk.')]
}

/** Result of opening a resource. Both are null when it exists only in the server's memory. */
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
  check: (value: T) => Promise<CheckResult[]>,
  advice = ' Check the path and its permissions.',
): Promise<CheckResult[]> {
  if (value !== null) return check(value)
  if (problem === null)
    return [warning('in-memory', `The ${name} is in memory: only the server itself can check it.`)]
  return [failed(`${name}-unusable`, `${problem}.${advice}`)]
}

async function checkThroughUrl(
  { config, url, organizationId, apiKey, seconds, log }: DoctorOptions,
  database: Database | null,
): Promise<CheckResult[]> {
  if (url === null) {
    return [ok('Uploads were not tested: neither --url nor PUBLIC_URL is set.')]
  }
  const target = {
    url,
    contentType: allowedType(config),
    seconds,
    idleMs: config.uploadIdleMs,
    interopVersion: config.interopVersions.at(-1) ?? null,
    receivesBytes: config.storage.kind !== 'gcs',
  }
  if (apiKey !== null && organizationId !== null) return checkUrl({ ...target, apiKey, organizationId })
  const probed = organizationId ?? (await newestOrganization(database))
  if (database === null || probed === null) {
    return [
      warning(
        'no-key',
        'Uploads were not tested: there is no organization. Start the server once, or set WAYBILL_ORGANIZATION and WAYBILL_API_KEY.',
      ),
    ]
  }
  return withKey(log, database, probed, (key) => checkUrl({ ...target, ...key }))
}

async function newestOrganization(database: Database | null): Promise<string | null> {
  const page = await database?.installation.listOrganizations({ limit: 1, skip: 0, after: null })
  return page?.items[0]?.id ?? null
}

/** Returns a content type that the settings allow; for a pattern such as `image/*`, one that matches it. */
function allowedType({ allowedMimeTypes }: Config): string {
  return (allowedMimeTypes?.[0] ?? 'application/octet-stream').replace(/\/\*$/, '/png')
}
