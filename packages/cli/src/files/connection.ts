import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { Waybill } from '@waybill/sdk'

export interface Login {
  readonly url: string
  readonly apiKey: string
  readonly organization: string
}

/** The organization that a first start creates. */
export const FIRST_ORGANIZATION = 'org_default'

/** Somebody waits for an answer, and sees nothing meanwhile. */
const HASTY_RETRY = { maxFailures: 3 }

/** Where `waybill login` stores it: the XDG Base Directory Specification. */
export function loginPath(): string {
  const folder = process.env.XDG_CONFIG_HOME || join(homedir(), '.config')
  return join(folder, 'waybill', 'login.json')
}

export async function storeLogin(login: Login): Promise<void> {
  const path = loginPath()
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const text = `${JSON.stringify(login, null, 2)}\n`
  // Under its name it is never readable by others, and never half written.
  await writeFile(`${path}.new`, text, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

export interface ClientNeeds {
  /** Whether it goes on for minutes where nobody answers, and not for seconds. */
  readonly isPatient?: boolean
  /** What else a person without a service can do, in a sentence. */
  readonly orElse?: string
}

/** A client of the service that `readService` answers with. */
export async function openClient({ isPatient, orElse }: ClientNeeds = {}): Promise<Waybill> {
  return createClient(await readService(orElse), isPatient)
}

export function createClient({ url, apiKey, organization }: Login, isPatient = false): Waybill {
  const retry = isPatient ? {} : HASTY_RETRY
  return new Waybill({ baseUrl: url, apiKey, organizationId: organization, retry })
}

/** As the environment says, and where it is silent the login. Throws where neither says enough, and adds `orElse`. */
export async function readService(orElse = ''): Promise<Login> {
  const { WAYBILL_URL, WAYBILL_API_KEY, WAYBILL_ORGANIZATION } = process.env
  const login = WAYBILL_URL && WAYBILL_API_KEY ? null : await readLogin()
  const url = WAYBILL_URL || login?.url
  const apiKey = WAYBILL_API_KEY || login?.apiKey
  if (!url || !apiKey) {
    const question = 'which service? «waybill login» stores it, and WAYBILL_URL and WAYBILL_API_KEY name it.'
    throw new Error(`${question} ${orElse}`.trim())
  }
  assertServiceUrl(url)
  return { url, apiKey, organization: WAYBILL_ORGANIZATION || login?.organization || FIRST_ORGANIZATION }
}

/** Throws where no service can be at this URL. */
export function assertServiceUrl(url: string): void {
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return
  throw new Error(`${url} is no URL of a service: one looks like https://files.example.com.`)
}

async function readLogin(): Promise<Login | null> {
  const path = loginPath()
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${path} is not what «waybill login» writes: run it again.`)
  }
}
