import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'

export interface MeasuredProcess {
  readonly pid: number
  /** First line of standard output that `isReady` accepted. */
  readonly readyLine: string
  /** Returns the processor time used so far by all threads and by child processes that have ended. */
  cpuSeconds(): Promise<number>
  residentBytes(): Promise<number>
  /** Returns the maximum of resident memory since the last `forgetPeak`. */
  peakBytes(): Promise<number>
  forgetPeak(): Promise<void>
  stop(): Promise<void>
}

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly isReady?: (line: string) => boolean
}

const TICKS_PER_SECOND = 100
const STOP_MS = 20_000

/**
 * Starts a program and waits for its first line; throws when it exits before. The program is killed when this process
 * exits. Figures are read from `/proc`.
 */
export async function startProcess(
  command: string,
  args: readonly string[],
  { env = {}, cwd, isReady = () => true }: ProcessOptions = {},
): Promise<MeasuredProcess> {
  const child = spawn(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const killLater = () => child.kill('SIGKILL')
  process.once('exit', killLater)
  child.once('exit', () => process.off('exit', killLater))
  const readyLine = await firstLine(child, `${command} ${args.join(' ')}`, isReady)
  const { pid = 0 } = child
  const status = async (field: string) => {
    const text = await readFile(`/proc/${pid}/status`, 'utf8')
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) * 1024
  }
  return {
    pid,
    readyLine,
    cpuSeconds: async () => {
      const text = await readFile(`/proc/${pid}/stat`, 'utf8')
      // Skips the name, which may contain spaces: state is field 3, so utime, stime, cutime and cstime are 14 to 17.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND
    },
    residentBytes: () => status('VmRSS'),
    peakBytes: () => status('VmHWM'),
    forgetPeak: () => writeFile(`/proc/${pid}/clear_refs`, '5'),
    stop: () => stop(child),
  }
}

async function firstLine(
  child: ChildProcess,
  name: string,
  isReady: (line: string) => boolean,
): Promise<string> {
  if (child.stdout === null) throw new Error(`${name} has no standard output`)
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} ended with code ${code} before it was ready`)
  })
  const { promise, resolve } = Promise.withResolvers<string>()
  // Continues to read, so that the program never blocks on its output.
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (isReady(line)) resolve(line)
  })
  return Promise.race([promise, ended])
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const killing = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await exited
  clearTimeout(killing)
}
