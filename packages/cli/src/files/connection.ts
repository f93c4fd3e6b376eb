import { mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Credential, Waybill } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import type { TokenSession } from '../sign-in/provider.ts'
import { createTokenSource } from '../sign-in/token-source.ts'
import { waitForService } from './wait-for-service.ts'

/** Service that a command calls. */
export interface Login {
  readonly url: string
  readonly apiKey: Credential
  readonly organization: string
}

/** Login as it is stored: with a key, or with the tokens of a user. */
export type StoredLogin =
  | { readonly url: string; readonly organization: string; readonly apiKey: string }
  | UserLogin

interface UserLogin {
  readonly url: string
  readonly organization: string
  readonly session: TokenSession
}

/** The organization that a first start creates. */
export const FIRST_ORGANIZATION = 'org_default'

/** Retries of commands that show no progress, so that the user does not wait long without output. */
const SHORT_RETRY = { maxFailures: 3 }
const SHORT_TRIES = 3
const LONG_TRIES = 8

const PROFILE = /^[A-Za-z0-9_-]{1,64}$/

/** Returns the profile from `--profile` or WAYBILL_PROFILE; null when neither is set. Throws for an invalid name. */
export function profileName(io: CommandIo): string | null {
  const name = io.env.WAYBILL_PROFILE
  if (!name) return null
  if (PROFILE.test(name)) return name
  throw new Error('a profile name has 1 to 64 letters, digits, "-" and "_".')
}

/** Returns the path of the file that `waybill login` writes, by the XDG Base Directory Specification. */
export function loginPath(io: CommandIo): string {
  const folder = join(io.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'waybill')
  const name = profileName(io)
  return name === null ? join(folder, 'login.json') : join(folder, 'profiles', `${name}.json`)
}

/** Removes the stored login; returns false when there is none. */
export async function removeLogin(io: CommandIo): Promise<boolean> {
  try {
    await unlink(loginPath(io))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

export async function storeLogin(io: CommandIo, login: StoredLogin): Promise<void> {
  const path = loginPath(io)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const text = `${JSON.stringify(login, null, 2)}\n`
  // Written to a temporary file with private permissions first, so that the login is never readable by other users and
  // never incomplete.
  await writeFile(`${path}.new`, text, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

export interface ClientNeeds {
  /** Limit of uploads and downloads; absent for none. */
  readonly maxBytesPerSecond?: number | undefined
  /** True: retry for minutes when the service does not respond. Default: give up after seconds. */
  readonly retriesLong?: boolean
  /** Sentence for the user that names an alternative to a service. */
  readonly alternative?: string
}

/** Creates a client for the service that `readService` returns, and waits until the service responds. */
export async function openClient(
  io: CommandIo,
  { alternative, ...needs }: ClientNeeds = {},
): Promise<Waybill> {
  return createClient(io, await readService(io, alternative), needs)
}

/** Creates a client and waits until the service responds. Throws a message for the user when it does not. */
export async function createClient(
  io: CommandIo,
  { url, apiKey, organization }: Login,
  { retriesLong = false, maxBytesPerSecond }: Omit<ClientNeeds, 'alternative'> = {},
): Promise<Waybill> {
  const client = new Waybill({
    baseUrl: url,
    apiKey,
    organizationId: organization,
    retry: retriesLong ? {} : SHORT_RETRY,
    ...(maxBytesPerSecond !== undefined && { maxBytesPerSecond }),
  })
  await waitForService(io, url, retriesLong ? LONG_TRIES : SHORT_TRIES)
  return client
}

/**
 * Returns the service of the selected profile. Without a profile, the environment takes precedence over the stored
 * login, whose credential goes to its own service only. Throws when both are incomplete, with `alternative` at the end
 * of the message.
 */
export async function readService(io: CommandIo, alternative = ''): Promise<Login> {
  const name = profileName(io)
  if (name !== null) {
    const profile = await readLogin(io)
    if (profile !== null) return toLogin(io, profile)
    throw new Error(`there is no profile ${name}: create it with "waybill login --profile ${name}".`)
  }
  const { WAYBILL_URL, WAYBILL_API_KEY, WAYBILL_ORGANIZATION } = io.env
  const stored = WAYBILL_URL && WAYBILL_API_KEY ? null : await readLogin(io)
  if (WAYBILL_URL && stored) assertSameService(WAYBILL_URL, stored)
  const login = stored && toLogin(io, stored)
  const url = WAYBILL_URL || login?.url
  const apiKey = WAYBILL_API_KEY || login?.apiKey
  if (!url || !apiKey) {
    const problem = 'no service is configured: run "waybill login", or set WAYBILL_URL and WAYBILL_API_KEY.'
    throw new Error(`${problem} ${alternative}`.trim())
  }
  assertServiceUrl(url)
  return { url, apiKey, organization: WAYBILL_ORGANIZATION || login?.organization || FIRST_ORGANIZATION }
}

function assertSameService(url: string, stored: StoredLogin): void {
  assertServiceUrl(url)
  const [wanted, own] = [url, stored.url].map((one) => new URL(one).origin)
  if (wanted === own) return
  throw new Error(
    `WAYBILL_URL is ${wanted}, and the stored login is for ${own}: set WAYBILL_API_KEY for another service.`,
  )
}

/** Throws when the URL is not an http or https URL. */
export function assertServiceUrl(url: string): void {
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return
  // It may contain a password.
  const shown = url.includes('@') ? 'the given URL' : url
  throw new Error(`${shown} is not the URL of a service. Use a URL such as https://files.example.com.`)
}

/** Returns the stored login with a credential that stays valid: a token is renewed, and stored again. */
export function toLogin(io: CommandIo, stored: StoredLogin): Login {
  if ('apiKey' in stored) return stored
  const { url, organization } = stored
  const read = async () => {
    const present = await readLogin(io)
    return present !== null && isSameLogin(present, stored) ? present.session : null
  }
  const write = async (session: TokenSession) => {
    // It may have been removed while the provider answered.
    if ((await read()) !== null) await storeLogin(io, { url, organization, session })
  }
  const apiKey = createTokenSource(stored.session, { read, write })
  return { url, organization, apiKey }
}

/** Returns true for a login of the same service, organization and provider: its tokens may go where `stored` goes. */
function isSameLogin(present: StoredLogin, stored: UserLogin): present is UserLogin {
  if (!('session' in present)) return false
  const places = [present, stored].map(({ url, organization, session: { signIn } }) =>
    JSON.stringify([url, organization, signIn.issuer, signIn.client_id, signIn.token, signIn.audience]),
  )
  return places[0] === places[1]
}

async function readLogin(io: CommandIo): Promise<StoredLogin | null> {
  const path = loginPath(io)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    const name = profileName(io)
    const command = name === null ? 'waybill login' : `waybill login --profile ${name}`
    throw new Error(`${path} is damaged: run "${command}" again.`)
  }
}
