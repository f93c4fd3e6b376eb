import { ConnectionError, type SignInOptions } from '@waybill/sdk'
import * as oauth from 'oauth4webapi'
import { formatName } from '../parts/format.ts'
import { CONSOLE_URL } from '../workspace/service-url.ts'
import { type PendingSignIn, storePending } from './pending-sign-in.ts'
import { ExpiredSignInError, type UserTokens } from './user-tokens.ts'

export type ProviderOptions = NonNullable<SignInOptions['oidc']>

/** URL that the provider sends the browser back to, also after a sign-out; the operator registers it there. */
const REDIRECT_URI = `${CONSOLE_URL}sign-in`
/** Time before the end of a token at which it is renewed. */
const MARGIN_MS = 30_000

/** Sends the browser to the provider (authorization code with PKCE). With `isSilent`, the provider asks no question. */
export async function beginSignIn(
  options: ProviderOptions,
  returnTo: string,
  isSilent: boolean,
): Promise<void> {
  const { server } = await discover(options)
  if (server.authorization_endpoint === undefined) throw new Error('The provider has no page to sign in.')
  const pending: PendingSignIn = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    codeVerifier: oauth.generateRandomCodeVerifier(),
    returnTo,
  }
  const url = pageUrl(server, server.authorization_endpoint)
  if (url === null) throw new Error('The page to sign in of the provider is not on https.')
  const parameters = {
    response_type: 'code',
    client_id: options.client_id,
    redirect_uri: REDIRECT_URI,
    scope: options.scopes,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.codeVerifier),
    code_challenge_method: 'S256',
    ...(options.audience !== null && { audience: options.audience }),
    ...(isSilent && { prompt: 'none' }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  storePending(pending)
  window.location.assign(url)
}

/** Redeems the code in the URL. Rejects when the answer does not fit the request, and with the provider's refusal. */
export async function finishSignIn(
  options: ProviderOptions,
  pending: PendingSignIn,
  url: URL,
): Promise<UserTokens> {
  const { server, client, http } = await discover(options)
  const answer = answerOf({ server, client }, url, pending.state)
  const response = await oauth.authorizationCodeGrantRequest(
    ...([server, client, oauth.None(), answer, REDIRECT_URI, pending.codeVerifier, http] as const),
  )
  const checks = { expectedNonce: pending.nonce, requireIdToken: true }
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, checks)
  return createTokens(options, { server, client, http }, tokens)
}

function answerOf({ server, client }: Pick<Provider, 'server' | 'client'>, url: URL, state: string) {
  try {
    return oauth.validateAuthResponse(server, client, url, state)
  } catch (error) {
    if (!(error instanceof oauth.AuthorizationResponseError) || needsUser(error)) throw error
    const reason = formatName(error.error_description ?? error.error)
    throw new Error(`The provider has refused the sign-in: ${reason}`, { cause: error })
  }
}

/** Returns true when the provider would have to ask the user: nobody is signed in there. */
export const needsUser = (error: unknown): boolean =>
  error instanceof oauth.AuthorizationResponseError && /_required$/.test(error.error)

type Provider = Awaited<ReturnType<typeof discover>>

async function discover({ issuer, client_id }: ProviderOptions) {
  const url = new URL(issuer)
  // A provider on plain HTTP is one that the operator has chosen: the service reads its keys from the same URL.
  const http = { [oauth.allowInsecureRequests]: url.protocol === 'http:' }
  const response = await oauth.discoveryRequest(url, { algorithm: 'oidc', ...http })
  const server = await oauth.processDiscoveryResponse(url, response)
  return { server, client: { client_id } satisfies oauth.Client, http }
}

/** Returns the URL of a page of the provider; null when it is none, or on plain HTTP and the issuer is not. */
function pageUrl({ issuer }: oauth.AuthorizationServer, text: string): URL | null {
  const url = URL.parse(text)
  return url?.protocol === 'https:' || url?.protocol === new URL(issuer).protocol ? url : null
}

/**
 * Returns the page of the provider that ends the user's session (OpenID Connect RP-Initiated Logout 1.0 section 2). The
 * client is named by its id, not by an ID token: that token opens the service, and the browser remembers the URL.
 */
function signOutUrlOf(server: oauth.AuthorizationServer, clientId: string): string | null {
  const { end_session_endpoint: endpoint } = server
  const url = endpoint === undefined ? null : pageUrl(server, endpoint)
  url?.searchParams.set('client_id', clientId)
  url?.searchParams.set('post_logout_redirect_uri', REDIRECT_URI)
  return url?.href ?? null
}

function createTokens(
  { token: kind }: ProviderOptions,
  { server, client, http }: Provider,
  first: oauth.TokenEndpointResponse,
): UserTokens {
  let present = toPresent(kind, first)
  let refreshToken = first.refresh_token
  let renewing: Promise<string> | null = null

  const renew = async (): Promise<string> => {
    if (refreshToken === undefined) throw new ExpiredSignInError()
    const request = oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, http)
    const response = await request.catch((cause) => {
      throw new ConnectionError('CONNECTION_FAILED', 'The sign-in provider cannot be reached.', { cause })
    })
    const tokens = await oauth.processRefreshTokenResponse(server, client, response).catch((cause) => {
      throw new ExpiredSignInError({ cause })
    })
    refreshToken = tokens.refresh_token ?? refreshToken
    present = toPresent(kind, tokens)
    return present.token
  }
  return {
    current: async () => {
      if (Date.now() < present.endsMs - MARGIN_MS) return present.token
      renewing ??= renew().finally(() => {
        renewing = null
      })
      return renewing
    },
    forget: () => {
      const token = refreshToken
      refreshToken = undefined
      if (token === undefined || server.revocation_endpoint === undefined) return
      // Continues when the browser leaves the page.
      const keepAlive = (input: string, init: object) => fetch(input, { ...init, keepalive: true })
      const options = { ...http, [oauth.customFetch]: keepAlive }
      oauth.revocationRequest(server, client, oauth.None(), token, options).catch(() => {})
    },
    signOutUrl: signOutUrlOf(server, client.client_id),
  }
}

/** Returns the token that the service takes. Times are relative, because the clocks of browsers are often wrong. */
function toPresent(kind: ProviderOptions['token'], tokens: oauth.TokenEndpointResponse) {
  const token = kind === 'id_token' ? tokens.id_token : tokens.access_token
  if (token === undefined) throw new ExpiredSignInError()
  const claims = oauth.getValidatedIdTokenClaims(tokens)
  const idSeconds = claims === undefined ? undefined : claims.exp - claims.iat
  const seconds = (kind === 'id_token' ? idSeconds : tokens.expires_in) ?? idSeconds ?? 0
  return { token, endsMs: Date.now() + seconds * 1000 }
}
