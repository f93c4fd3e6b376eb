import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type MeasuredProcess, startProcess } from './measured-process.ts'

const run = promisify(execFile)
const SOURCE = fileURLToPath(new URL('native/limit.c', import.meta.url))

/** Limits of the machine, measured with a small C program; see native/limit.c. */
export interface Limit {
  /** Receives bodies and drops them. */
  discard(): Promise<LimitServer>
  /** Receives bodies, computes the CRC-32C and writes them to this file. */
  receive(path: string): Promise<LimitServer>
  /** Returns the milliseconds for writing `bytes` bytes to this file, with a sync after each `chunkBytes`. */
  disk(path: string, bytes: number, chunkBytes: number): Promise<number>
}

export interface LimitServer {
  readonly url: string
  readonly process: MeasuredProcess
}

/** Compiles the program into the folder; throws when there is no C compiler. */
export async function compileLimit(directory: string): Promise<Limit> {
  const program = join(directory, 'limit')
  await run('cc', ['-O2', '-o', program, SOURCE])
  const start = async (args: readonly string[]): Promise<LimitServer> => {
    const server = await startProcess(program, args)
    return { url: `http://127.0.0.1:${server.readyLine}/`, process: server }
  }
  return {
    discard: () => start(['discard']),
    receive: (path) => start(['receive', path]),
    disk: async (path, bytes, chunkBytes) => {
      const { stdout } = await run(program, ['disk', path, String(bytes), String(chunkBytes)])
      return Number(stdout) / 1e6
    },
  }
}
