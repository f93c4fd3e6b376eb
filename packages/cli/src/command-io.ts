import type { Readable, Writable } from 'node:stream'
import { format } from 'node:util'

/** Environment and streams of a command: those of the process, or others that its caller gives. */
export interface ProcessIo {
  readonly env: Readonly<NodeJS.ProcessEnv>
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable & { readonly isTTY?: boolean }
}

/** Environment, streams and exit code of a running command. */
export interface CommandIo extends ProcessIo {
  /** Settings of this command alone, which its options may change. */
  readonly env: NodeJS.ProcessEnv
  /** Writes one line to the standard output. */
  print(line: string): void
  /** Writes one line to the standard error. */
  printError(line: string): void
  /** Writes a warning of an operation to the standard error. */
  warn(facts: object, message: string): void
  /** Makes the command end with exit code 1. */
  fail(): void
  exitCode(): 0 | 1
}

export function createCommandIo(given: ProcessIo): CommandIo {
  const { env, stdout, stderr } = given
  let exitCode: 0 | 1 = 0
  return {
    env: { ...env },
    // A getter, because reading `process.stdin` opens it.
    get stdin() {
      return given.stdin
    },
    stdout,
    stderr,
    print: (line) => stdout.write(`${line}\n`),
    printError: (line) => stderr.write(`${line}\n`),
    warn: (facts, message) => stderr.write(`${format(facts, message)}\n`),
    fail: () => {
      exitCode = 1
    },
    exitCode: () => exitCode,
  }
}
