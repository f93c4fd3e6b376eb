import { spawnSync } from 'node:child_process'

/** Why the system cannot limit the files of a running process, or null where it can. */
export function whyNoFileSizeLimit(): string | null {
  const { error } = spawnSync('prlimit', ['--version'])
  return error ? `files cannot be limited here: ${error.message}` : null
}

/** From now on the process cannot write behind this position of any file: the system answers EFBIG. */
export function limitFileSize(pid: number, bytes: number): void {
  runPrlimit(pid, String(bytes))
}

export function liftFileSizeLimit(pid: number): void {
  runPrlimit(pid, 'unlimited')
}

/** Only the soft limit, which the process's owner may raise again. */
function runPrlimit(pid: number, soft: string): void {
  const { status, stderr } = spawnSync('prlimit', [`--pid=${pid}`, `--fsize=${soft}:`])
  if (status !== 0) throw new Error(stderr.toString())
}
