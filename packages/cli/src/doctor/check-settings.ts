import type { Config } from '@waybill/server/config.ts'
import { ok, type Seen, warning } from './finding.ts'

const SHORT_IDLE_MS = 10_000

/** Settings that are valid, and are seldom what somebody means in production. */
export async function checkSettings(config: Config): Promise<Seen[]> {
  const risks = RISKS.filter(({ applies }) => applies(config))
  if (risks.length === 0) return [ok('The settings are valid, and none is a risk.')]
  return risks.map(({ code, message }) => warning(code, message))
}

interface Risk {
  readonly code: string
  readonly message: string
  applies(config: Config): boolean
}

const RISKS: readonly Risk[] = [
  {
    code: 'sync-never',
    message:
      'UPLOAD_SYNC=never: a power cut loses files that were acknowledged. Leave it out; it is for comparisons only.',
    applies: ({ uploadSync }) => uploadSync === 'never',
  },
  {
    code: 'storage-in-memory',
    message:
      'STORAGE_URL=memory: all files are gone when the server ends. Leave it out to keep them in DATA_DIR.',
    applies: ({ storage }) => storage.kind === 'memory',
  },
  {
    code: 'database-in-memory',
    message:
      'DATABASE_URL=sqlite::memory: all records are gone when the server ends. Leave it out to keep them in DATA_DIR.',
    applies: ({ database }) => database.kind === 'sqlite' && database.path === ':memory:',
  },
  {
    code: 'emulated-storage',
    message:
      'STORAGE_EMULATOR_HOST is set: files go to what it names, without credentials, and not to Google. Leave it out in production.',
    applies: ({ storage }) => storage.kind === 'gcs' && storage.emulatorUrl !== null,
  },
  {
    code: 'no-public-url',
    message:
      'HOST is an address that others reach, and PUBLIC_URL is not set: upload URLs name an address that clients may not. Set PUBLIC_URL to the URL that clients use.',
    applies: ({ host, publicUrl }) => publicUrl === null && !isLoopback(host),
  },
  {
    code: 'plain-http',
    message:
      'PUBLIC_URL is http: API keys and upload URLs, which are credentials, cross the network unencrypted. Put a proxy with a certificate in front, and set PUBLIC_URL to https.',
    applies: ({ publicUrl }) =>
      publicUrl !== null &&
      new URL(publicUrl).protocol === 'http:' &&
      !isLoopback(new URL(publicUrl).hostname),
  },
  {
    code: 'short-idle-limit',
    message: `UPLOAD_IDLE_SECONDS is under ${SHORT_IDLE_MS / 1000}: a client that pauses that long is cut. Take 60, the default.`,
    applies: ({ uploadIdleMs }) => uploadIdleMs < SHORT_IDLE_MS,
  },
  {
    code: 'no-scrub',
    message:
      'SCRUB_DAYS=0: bits that a disk loses are only found by whoever reads the file. Run «waybill scrub» from time to time, or leave SCRUB_DAYS out.',
    applies: ({ scrub, storage }) => scrub === null && storage.kind === 'disk',
  },
]

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
