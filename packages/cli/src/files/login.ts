import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'
import { ReadStream } from 'node:tty'
import { type Me, NotFoundError } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import type { SignIn } from '../sign-in/provider.ts'
import { assertServiceUrl, createClient, FIRST_ORGANIZATION, loginPath, storeLogin } from './connection.ts'
import { printable } from './printable.ts'

export interface LoginCommandOptions {
  readonly url?: string
  readonly organization?: string
  /** True: sign in with a browser, also without a terminal. */
  readonly browser?: boolean
  /** True: sign in with a code and a browser on any machine. */
  readonly device?: boolean
  /** True: store an API key, also where users sign in. */
  readonly key?: boolean
}

const DEFAULT_URL = 'http://127.0.0.1:8080'

/**
 * Stores a login after the service has accepted it: in a terminal with the user's sign-in where the service has one, else
 * with an API key. Prompts for missing values in a terminal. There is no option for
 * the key, because other users of the machine can see command lines.
 */
export async function login(io: CommandIo, options: LoginCommandOptions): Promise<void> {
  const { stdin, env } = io
  const isInteractive = stdin instanceof ReadStream
  const usualUrl = env.WAYBILL_URL || DEFAULT_URL
  const url = options.url ?? (isInteractive ? await ask(io, `URL [${usualUrl}]: `, usualUrl) : usualUrl)
  assertServiceUrl(url)
  const signIn = await findSignIn(io, url, options, isInteractive)
  if (signIn !== null) return loginAsUser(io, url, options, signIn)
  const usual = env.WAYBILL_ORGANIZATION || FIRST_ORGANIZATION
  const organization =
    options.organization ?? (isInteractive ? await ask(io, `Organization [${usual}]: `, usual) : usual)
  const apiKey = isInteractive ? await askHidden(stdin, io, 'API key: ') : (await text(stdin)).trim()
  if (apiKey === '') throw new Error('there is no API key: pass it on standard input.')
  const client = await createClient(io, { url, apiKey, organization })
  const { name } = await client.organizations.get()
  await storeLogin(io, { url, apiKey, organization })
  io.print(`Stored the login for ${printable(name)} (${organization}) at ${url} in ${loginPath(io)}.`)
}

/** Returns the sign-in to use; null for an API key. Throws when the user asks for one that the service does not have. */
async function findSignIn(
  io: CommandIo,
  url: string,
  { browser = false, device = false, key = false }: LoginCommandOptions,
  isInteractive: boolean,
): Promise<SignIn | null> {
  const isAsked = browser || device
  if (key || !(isAsked || isInteractive)) return null
  const client = await createClient(io, { url, apiKey: '', organization: FIRST_ORGANIZATION })
  const { oidc } = await client.signInOptions().catch((error: unknown) => {
    // Earlier versions of the service have no sign-in.
    if (error instanceof NotFoundError) return { oidc: null }
    throw error
  })
  if (oidc === null && isAsked) throw new Error(`${url} has no sign-in for users: use an API key.`)
  return oidc
}

async function loginAsUser(
  io: CommandIo,
  url: string,
  options: LoginCommandOptions,
  signIn: SignIn,
): Promise<void> {
  const session = options.device
    ? await (await import('../sign-in/device-sign-in.ts')).signInWithDevice(io, signIn)
    : await (await import('../sign-in/browser-sign-in.ts')).signInWithBrowser(io, signIn)
  const client = await createClient(io, { url, apiKey: session.bearer, organization: FIRST_ORGANIZATION })
  const { user, organizations } = await client.me()
  const { id, name, role } = chooseOrganization(organizations, options.organization)
  await storeLogin(io, { url, organization: id, session })
  const who = printable(user?.name ?? user?.email ?? user?.id ?? '')
  io.print(
    `Signed in as ${who}, ${role} of ${printable(name)} (${id}) at ${url}. The login is in ${loginPath(io)}.`,
  )
}

function chooseOrganization(organizations: Me['organizations'], wanted: string | undefined) {
  const [first, ...others] = organizations
  if (first === undefined) throw new Error('you are not a member of an organization of this service.')
  const chosen = wanted === undefined ? first : organizations.find(({ id }) => id === wanted)
  if (chosen === undefined) throw new Error(`you are not a member of ${wanted}.`)
  if (wanted !== undefined || others.length === 0) return chosen
  const ids = organizations.map(({ id, name }) => `${id} (${printable(name)})`).join(', ')
  throw new Error(`you are a member of ${ids}: choose one with --organization.`)
}

async function ask(io: CommandIo, question: string, fallback: string): Promise<string> {
  const terminal = createInterface({ input: io.stdin, output: io.stderr })
  const answer = (await terminal.question(question)).trim()
  terminal.close()
  return answer === '' ? fallback : answer
}

/** Prompts without echoing the input. */
function askHidden(stdin: ReadStream, { stderr }: CommandIo, question: string): Promise<string> {
  stderr.write(question)
  stdin.setRawMode(true).setEncoding('utf8').resume()
  return new Promise((resolve, reject) => {
    let typed = ''
    const end = () => {
      stdin.off('data', onData).setRawMode(false).pause()
      stderr.write('\n')
    }
    const onData = (characters: string) => {
      for (const character of characters) {
        if (character === '\u0003' || character === '\u0004') {
          end()
          return reject(new Error('cancelled: no login was stored.'))
        }
        if (character === '\r' || character === '\n') {
          end()
          return resolve(typed.trim())
        }
        typed = character === '\u007f' ? typed.slice(0, -1) : typed + character
      }
    }
    stdin.on('data', onData)
  })
}
