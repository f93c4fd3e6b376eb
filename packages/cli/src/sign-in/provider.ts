import * as oauth from 'oauth4webapi'

/** Sign-in of a service, as `GET /v1/sign-in` tells it. */
export interface SignIn {
  readonly issuer: string
  readonly client_id: string
  readonly scopes: string
  readonly token: 'id_token' | 'access_token'
  /** Audience to ask for; null for none. */
  readonly audience: string | null
}

/** Tokens of a signed-in user. */
export interface TokenSession {
  readonly signIn: SignIn
  /** Token that the service accepts. */
  readonly bearer: string
  readonly expiresAtMs: number
  /** Refresh token; null when the provider gives none: then the user signs in again at the end of the token. */
  readonly refreshToken: string | null
}

/** Provider of a sign-in, with what each request to it needs. */
export interface Provider {
  readonly signIn: SignIn
  readonly server: oauth.AuthorizationServer
  readonly client: oauth.Client
  readonly options: { readonly [oauth.allowInsecureRequests]: boolean; signal(): AbortSignal }
}

const REQUEST_MS = 15_000

/** Reads the addresses of the provider. Throws a message for the user when it does not answer. */
export async function openProvider(signIn: SignIn): Promise<Provider> {
  const issuer = new URL(signIn.issuer)
  // The service accepts http only for a provider on its own machine.
  const isInsecure = issuer.protocol === 'http:'
  const options = {
    [oauth.allowInsecureRequests]: isInsecure,
    signal: () => AbortSignal.timeout(REQUEST_MS),
  }
  try {
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
    return { signIn, server, client: { client_id: signIn.client_id }, options }
  } catch (cause) {
    throw new Error(`the sign-in provider ${signIn.issuer} cannot be used: ${reasonOf(cause)}`, { cause })
  }
}

/** Returns the parameters that begin a sign-in of any kind. */
export function requestParameters({ signIn, server }: Provider): Record<string, string> {
  const isOffline = server.scopes_supported?.includes('offline_access') === true
  return {
    // Some providers give a refresh token only for this scope.
    scope: isOffline ? `${signIn.scopes} offline_access` : signIn.scopes,
    ...(isOffline && { prompt: 'consent' }),
    ...(signIn.audience !== null && { audience: signIn.audience }),
  }
}

/** Returns the session of an answer with tokens. Throws a message for the user when the needed one is missing. */
export function toSession(
  signIn: SignIn,
  answer: oauth.TokenEndpointResponse,
  earlierRefreshToken: string | null = null,
): TokenSession {
  const bearer = signIn.token === 'id_token' ? answer.id_token : answer.access_token
  const expiresAtMs = bearer === undefined ? null : expiryOf(bearer)
  if (bearer === undefined || expiresAtMs === null)
    throw new Error('the sign-in provider gave no token that the service accepts.')
  return { signIn, bearer, expiresAtMs, refreshToken: answer.refresh_token ?? earlierRefreshToken }
}

/** Returns a session with new tokens. Throws a message for the user when the sign-in is over. */
export async function refreshSession(session: TokenSession): Promise<TokenSession> {
  const { signIn, refreshToken } = session
  if (refreshToken === null) throw new Error('the sign-in has ended: run "waybill login" again.')
  const { server, client, options } = await openProvider(signIn)
  const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, options)
  try {
    return toSession(signIn, await oauth.processRefreshTokenResponse(server, client, response), refreshToken)
  } catch (cause) {
    throw new Error(`the sign-in has ended: run "waybill login" again (${reasonOf(cause)}).`, { cause })
  }
}

/** Returns a text about an error of the library or the provider, without tokens. */
export function reasonOf(error: unknown): string {
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError)
    return error.error_description ?? error.error
  return error instanceof Error ? error.message : String(error)
}

function expiryOf(token: string): number | null {
  try {
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    return typeof payload.exp === 'number' ? payload.exp * 1000 : null
  } catch {
    return null
  }
}
