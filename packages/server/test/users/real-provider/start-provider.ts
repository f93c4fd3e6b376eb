import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface RealProvider {
  readonly issuer: string
  readonly env: Record<string, string>
  stop(): void
}

/** Starts `oidc-provider` in a process of its own. */
export async function startRealProvider(env: Record<string, string> = {}): Promise<RealProvider> {
  const child = fork(join(import.meta.dirname, 'serve.ts'), {
    env: { ...process.env, ...env },
    // It warns that its keys and pages are for development.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const [{ issuer }] = (await once(child, 'message')) as [{ issuer: string }]
  return {
    issuer,
    env: { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: 'waybill-cli' },
    stop: () => child.disconnect(),
  }
}
