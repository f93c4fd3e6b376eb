import { setTimeout as delay } from 'node:timers/promises'
import * as oauth from 'oauth4webapi'
import type { CommandIo } from '../command-io.ts'
import { printable } from '../files/printable.ts'
import {
  openProvider,
  type Provider,
  reasonOf,
  requestParameters,
  type TokenSession,
  toSession,
} from './provider.ts'

/** RFC 8628 section 3.2: the interval when the provider tells none, and what `slow_down` adds to it. */
const INTERVAL_SECONDS = 5

/** Signs a user in with a browser on any machine, by a code (RFC 8628). Throws a message for the user. */
export async function signInWithDevice(io: CommandIo, signIn: TokenSession['signIn']): Promise<TokenSession> {
  const provider = await openProvider(signIn)
  const device = await beginSignIn(provider)
  const { verification_uri: page, user_code: code, verification_uri_complete: complete } = device
  io.printError(`Open ${printable(page)} in a browser and enter the code ${printable(code)}.`)
  if (complete !== undefined) io.printError(`The code is filled in at ${printable(complete)}`)
  const endMs = Date.now() + device.expires_in * 1000
  let intervalSeconds = device.interval ?? INTERVAL_SECONDS
  while (Date.now() < endMs) {
    await delay(intervalSeconds * 1000)
    const answer = await askForTokens(provider, device.device_code)
    if (answer === 'slow_down') intervalSeconds += INTERVAL_SECONDS
    else if (answer !== 'authorization_pending') return toSession(signIn, answer)
  }
  throw new Error('nobody entered the code in time: run "waybill login --device" again.')
}

async function beginSignIn(provider: Provider): Promise<oauth.DeviceAuthorizationResponse> {
  const { server, client, options } = provider
  if (server.device_authorization_endpoint === undefined)
    throw new Error('the sign-in provider has no sign-in by a code: run "waybill login" with a browser.')
  try {
    const parameters = requestParameters(provider)
    const response = await oauth.deviceAuthorizationRequest(server, client, oauth.None(), parameters, options)
    return await oauth.processDeviceAuthorizationResponse(server, client, response)
  } catch (cause) {
    throw new Error(`the sign-in failed: ${reasonOf(cause)}`, { cause })
  }
}

async function askForTokens(
  { server, client, options }: Provider,
  deviceCode: string,
): Promise<oauth.TokenEndpointResponse | 'authorization_pending' | 'slow_down'> {
  const response = await oauth.deviceCodeGrantRequest(server, client, oauth.None(), deviceCode, options)
  try {
    return await oauth.processDeviceCodeResponse(server, client, response)
  } catch (error) {
    const code = error instanceof oauth.ResponseBodyError ? error.error : null
    if (code === 'authorization_pending' || code === 'slow_down') return code
    throw new Error(`the sign-in failed: ${reasonOf(error)}`, { cause: error })
  }
}
