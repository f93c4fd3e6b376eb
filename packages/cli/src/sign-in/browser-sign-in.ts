import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as oauth from 'oauth4webapi'
import type { CommandIo } from '../command-io.ts'
import {
  openProvider,
  type Provider,
  reasonOf,
  requestParameters,
  type TokenSession,
  toSession,
} from './provider.ts'

/** Time for the user to sign in. */
const SIGN_IN_MS = 10 * 60 * 1000
const PATH = '/callback'

/**
 * Signs a user in with the browser of this machine: authorization code with PKCE, and a redirect to a port of the loopback
 * address that only this command listens on (RFC 8252 section 7.3). Throws a message for the user.
 */
export async function signInWithBrowser(
  io: CommandIo,
  signIn: TokenSession['signIn'],
): Promise<TokenSession> {
  const provider = await openProvider(signIn)
  const state = oauth.generateRandomState()
  const listener = await listenForRedirect(state)
  try {
    const secrets = {
      state,
      nonce: oauth.generateRandomNonce(),
      verifier: oauth.generateRandomCodeVerifier(),
    }
    const url = await authorizationUrl(provider, listener.redirectUri, secrets)
    io.printError(
      `Sign in with your browser. If it does not open, open this address on this machine:\n\n  ${url}\n`,
    )
    openBrowser(io, url)
    return await exchangeCode(provider, await listener.redirect(), listener.redirectUri, secrets)
  } finally {
    listener.close()
  }
}

interface Secrets {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

async function authorizationUrl(
  provider: Provider,
  redirectUri: string,
  { state, nonce, verifier }: Secrets,
): Promise<string> {
  const { server, client } = provider
  if (server.authorization_endpoint === undefined)
    throw new Error('the sign-in provider has no page to sign in: try "waybill login --device".')
  const url = new URL(server.authorization_endpoint)
  // The system opens other schemes with other programs, such as a file with what its type names.
  if (url.protocol !== 'https:' && url.protocol !== new URL(server.issuer).protocol)
    throw new Error("the address of the sign-in provider's page is not https.")
  const parameters = {
    ...{ response_type: 'code', client_id: client.client_id, redirect_uri: redirectUri, state, nonce },
    ...{ code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
    ...requestParameters(provider),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

async function exchangeCode(
  { signIn, server, client, options }: Provider,
  redirect: URL,
  redirectUri: string,
  { state, nonce, verifier }: Secrets,
): Promise<TokenSession> {
  try {
    const code = oauth.validateAuthResponse(server, client, redirect, state)
    const none = oauth.None()
    const response = await oauth.authorizationCodeGrantRequest(
      ...([server, client, none, code, redirectUri, verifier, options] as const),
    )
    const expected = { expectedNonce: nonce, requireIdToken: true }
    return toSession(signIn, await oauth.processAuthorizationCodeResponse(server, client, response, expected))
  } catch (cause) {
    throw new Error(`the sign-in failed: ${reasonOf(cause)}`, { cause })
  }
}

interface RedirectListener {
  readonly redirectUri: string
  /** Resolves with the address that the provider sent the browser to. Rejects when it takes too long. */
  redirect(): Promise<URL>
  close(): void
}

/** Listens for the redirect with this state. Other requests, such as those of other pages, are refused. */
async function listenForRedirect(state: string): Promise<RedirectListener> {
  const { promise, resolve, reject } = Promise.withResolvers<URL>()
  // Without a handler, a rejection before `redirect` would end the process.
  promise.catch(() => {})
  const server: Server = createServer((request, response) => {
    const url = URL.parse(request.url ?? '', 'http://127.0.0.1')
    const isRedirect =
      request.method === 'GET' && url?.pathname === PATH && url.searchParams.get('state') === state
    response.writeHead(isRedirect ? 200 : 404, {
      ...{
        'content-type': 'text/html; charset=utf-8',
        connection: 'close',
        'referrer-policy': 'no-referrer',
      },
      'content-security-policy': "default-src 'none'",
    })
    const text = isRedirect ? 'You can close this page and go back to the terminal.' : 'Not found.'
    response.end(`<!doctype html><title>Waybill</title><p>${text}</p>`)
    if (isRedirect) resolve(url)
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(0, '127.0.0.1', listening)
  })
  const timer = setTimeout(
    () => reject(new Error('nobody signed in: run "waybill login" again.')),
    SIGN_IN_MS,
  )
  return {
    redirectUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`,
    redirect: () => promise,
    close: () => {
      clearTimeout(timer)
      server.close()
    },
  }
}

/** Opens the address with the browser of the system, or the one in BROWSER. The user has the address if that fails. */
function openBrowser(io: CommandIo, url: string): void {
  const [command, args] = browserCommand(io.env.BROWSER)
  const child = spawn(command, [...args, url], { detached: true, stdio: 'ignore' })
  child.on('error', () => {})
  child.unref()
}

function browserCommand(chosen: string | undefined): readonly [command: string, args: readonly string[]] {
  if (chosen) return [chosen, []]
  if (process.platform === 'darwin') return ['open', []]
  if (process.platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler']]
  return ['xdg-open', []]
}
