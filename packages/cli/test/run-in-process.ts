import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import type { TestService } from '../../sdk/test/start-service.ts'
import { runCommand } from '../src/run-command.ts'
import type { Ended } from './run-waybill.ts'

/** Runs a command in this process, with streams that are no terminal, to its end. */
export async function runInProcess(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input: string | Uint8Array = '',
): Promise<Ended> {
  const [stdout, stderr] = [createCollector(), createCollector()]
  const stdin = input.length === 0 ? new PassThrough().end() : Readable.from([Buffer.from(input)])
  const code = await runCommand(args, { env, stdin, stdout: stdout.stream, stderr: stderr.stream })
  const bytes = stdout.bytes()
  return { code, bytes, stdout: bytes.toString(), stderr: stderr.bytes().toString() }
}

/**
 * Returns a function that runs client commands of `service` in this process, in its folder, with their own state and
 * login. This process has one current folder, so it is for one service in a test file.
 */
export function createClientCommand({ folder, proxy, server }: TestService) {
  process.chdir(folder)
  const own = {
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    WAYBILL_URL: proxy.url,
    WAYBILL_API_KEY: server.apiKey,
    WAYBILL_ORGANIZATION: server.organizationId,
  }
  // The client library looks there.
  process.env.XDG_STATE_HOME = own.XDG_STATE_HOME
  return (args: readonly string[], env: NodeJS.ProcessEnv = {}, input: string | Uint8Array = '') =>
    runInProcess(args, { ...own, ...env }, input)
}

function createCollector(): { readonly stream: Writable; bytes(): Buffer } {
  const pieces: Buffer[] = []
  const stream = new Writable({
    write(piece: Buffer, _encoding, done) {
      pieces.push(piece)
      done()
    },
  })
  return { stream, bytes: () => Buffer.concat(pieces) }
}
