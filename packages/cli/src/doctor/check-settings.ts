import type { Config } from '@waybill/server/config.ts'
import { type CheckResult, ok, warning } from './finding.ts'

const SHORT_IDLE_MS = 10_000

/** Reports settings that are valid but risky in production. */
export async function checkSettings(config: Config): Promise<CheckResult[]> {
  const risks = RISKS.filter(({ applies }) => applies(config))
  if (risks.length === 0) return [ok('The settings are valid, and none of them is risky.')]
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
      'UPLOAD_SYNC=never: a power cut loses acknowledged files. Remove the setting; it is for comparisons only.',
    applies: ({ uploadSync }) => uploadSync === 'never',
  },
  {
    code: 'storage-in-memory',
    message:
      'STORAGE_URL=memory: all files are lost when the server stops. Remove the setting to keep files in DATA_DIR.',
    applies: ({ storage }) => storage.kind === 'memory',
  },
  {
    code: 'database-in-memory',
    message:
      'DATABASE_URL=sqlite::memory: all records are lost when the server stops. Remove the setting to keep records in DATA_DIR.',
    applies: ({ database }) => database.kind === 'sqlite' && database.path === ':memory:',
  },
  {
    code: 'emulated-storage',
    message:
      'STORAGE_EMULATOR_HOST is set: files go to that host without credentials, and not to Google. Remove the setting in production.',
    applies: ({ storage }) => storage.kind === 'gcs' && storage.emulatorUrl !== null,
  },
  {
    code: 'no-public-url',
    message:
      'HOST is not a loopback address, and PUBLIC_URL is not set: upload URLs may contain an address that clients cannot reach. Set PUBLIC_URL to the URL that clients use.',
    applies: ({ host, publicUrl }) => publicUrl === null && !isLoopback(host),
  },
  {
    code: 'plain-http',
    message:
      'PUBLIC_URL is http: API keys and upload URLs, which are credentials, cross the network unencrypted. Run the service behind a proxy with a certificate, and set PUBLIC_URL to its https URL.',
    applies: ({ publicUrl }) =>
      publicUrl !== null &&
      new URL(publicUrl).protocol === 'http:' &&
      !isLoopback(new URL(publicUrl).hostname),
  },
  {
    code: 'short-idle-limit',
    message: `UPLOAD_IDLE_SECONDS is less than ${SHORT_IDLE_MS / 1000}: uploads of clients that pause for that long are cut off. Use 60, the default.`,
    applies: ({ uploadIdleMs }) => uploadIdleMs < SHORT_IDLE_MS,
  },
  {
    code: 'no-scrub',
    message:
      'SCRUB_DAYS=0: damage on the disk stays undetected until a client reads the file. Remove the setting, or run "waybill scrub" regularly.',
    applies: ({ scrub, storage }) => scrub === null && storage.kind === 'disk',
  },
]

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
