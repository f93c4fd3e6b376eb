import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { TestService } from '../../sdk/test/start-service.ts'

const WAYBILL = fileURLToPath(new URL('../bin/waybill.js', import.meta.url))

/** Result of a command. */
export interface Ended {
  readonly code: number | null
  readonly bytes: Buffer
  readonly stdout: string
  readonly stderr: string
}

/** Starts a client command in its own folder, with its own state and login; `output` is a file. */
export function startWaybill(
  { folder, proxy, server }: TestService,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  output: 'pipe' | number = 'pipe',
): ChildProcessWithoutNullStreams {
  const own = {
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    WAYBILL_URL: proxy.url,
    WAYBILL_API_KEY: server.apiKey,
    WAYBILL_ORGANIZATION: server.organizationId,
  }
  const options = { cwd: folder, env: { ...process.env, ...own, ...env } }
  const child = spawn(process.execPath, [WAYBILL, ...args], { ...options, stdio: ['pipe', output, 'pipe'] })
  // When the output is a file, there is nothing to read.
  return Object.assign(child, { stdout: child.stdout ?? Readable.from([]) }) as ChildProcessWithoutNullStreams
}

export async function endOf(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const closed = once(child, 'close')
  const [[code], bytes, stderr] = await Promise.all([closed, buffer(child.stdout), text(child.stderr)])
  return { code, bytes, stdout: bytes.toString(), stderr }
}
