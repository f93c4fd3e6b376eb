import { PassThrough, Readable, Writable } from 'node:stream'
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
