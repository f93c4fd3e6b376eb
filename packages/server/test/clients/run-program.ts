import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

export interface ProgramEnd {
  /** Exit code; null after a signal. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningProgram {
  readonly process: ChildProcess
  readonly end: Promise<ProgramEnd>
}

/** Folder and environment variables of the program. */
type Surroundings = Pick<SpawnOptions, 'cwd' | 'env'>

export function startProgram(
  command: string,
  args: readonly string[],
  surroundings: Surroundings = {},
): RunningProgram {
  const child = spawn(command, args, { ...surroundings, stdio: 'pipe' })
  // A program that ends early breaks its standard input. Its exit code reports the cause.
  child.stdin.on('error', () => {})
  const end = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(
    ([[code], stdout, stderr]) => ({ code, stdout, stderr }),
  )
  return { process: child, end }
}

export async function runProgram(
  command: string,
  args: readonly string[],
  surroundings: Surroundings = {},
): Promise<ProgramEnd> {
  const program = startProgram(command, args, surroundings)
  program.process.stdin?.end()
  return program.end
}

/** Returns the reason to skip a test when the program is not installed, else false. */
export async function missingProgram(command: string): Promise<string | false> {
  const found = await runProgram(command, ['--version']).then(
    ({ code }) => code === 0,
    () => false,
  )
  return found ? false : `${command} is not installed`
}
