import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { TestService } from '../../sdk/test/start-service.ts'

const WAYBILL = fileURLToPath(new URL('../bin/waybill.js', import.meta.url))

/** What a command has come to. */
export interface Ended {
  readonly code: number | null
  readonly bytes: Buffer
  readonly stdout: string
  readonly stderr: string
}

/** Starts a command as a client of the service, in its folder and with a state and a login of its own. */
export function startWaybill(
  { folder, proxy, server }: TestService,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ChildProcessWithoutNullStreams {
  const own = {
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    WAYBILL_URL: proxy.url,
    WAYBILL_API_KEY: server.apiKey,
    WAYBILL_ORGANIZATION: server.organizationId,
  }
  return spawn(process.execPath, [WAYBILL, ...args], { cwd: folder, env: { ...process.env, ...own, ...env } })
}

export async function endOf(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const closed = once(child, 'close')
  const [[code], bytes, stderr] = await Promise.all([closed, buffer(child.stdout), text(child.stderr)])
  return { code, bytes, stdout: bytes.toString(), stderr }
}
