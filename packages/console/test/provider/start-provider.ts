import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../../server/test/free-port.ts'

const PROCESS = fileURLToPath(new URL('provider-process.ts', import.meta.url))

export interface TestProvider {
  readonly issuer: string
  /** Settings of a service that takes its ID tokens. */
  readonly env: Record<string, string>
  stop(): Promise<void>
}

export interface ProviderOptions {
  readonly redirectUris: readonly string[]
  readonly idTokenSeconds?: number
  /** True by default: it has a page that ends the session of a user (`end_session_endpoint`). */
  readonly endsSessions?: boolean
  /** True gives the token endpoint another origin than the issuer. */
  readonly hasTokenOrigin?: boolean
}

/** Starts a certified OpenID Connect provider in a process of its own. */
export async function startProvider({
  redirectUris,
  idTokenSeconds = 600,
  endsSessions = true,
  hasTokenOrigin = false,
}: ProviderOptions): Promise<TestProvider> {
  const port = await freePort()
  const tokenPort = hasTokenOrigin ? await freePort() : port
  const argument = JSON.stringify({ port, tokenPort, redirectUris, idTokenSeconds, endsSessions })
  const child = spawn(process.execPath, [PROCESS, argument], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) if (line === 'listening') break
  child.stdout.resume()
  const issuer = `http://127.0.0.1:${port}`
  return {
    issuer,
    env: { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: 'waybill' },
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}
