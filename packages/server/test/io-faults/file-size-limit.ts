import { spawnSync } from 'node:child_process'

/** Returns the reason why the system cannot limit the file size of a running process; null when it can. */
export function whyNoFileSizeLimit(): string | null {
  const { error } = spawnSync('prlimit', ['--version'])
  return error ? `files cannot be limited here: ${error.message}` : null
}

/** Limits the file size of a process: writes after this position of any file fail with EFBIG. */
export function limitFileSize(pid: number, bytes: number): void {
  runPrlimit(pid, String(bytes))
}

export function liftFileSizeLimit(pid: number): void {
  runPrlimit(pid, 'unlimited')
}

/** Sets only the soft limit, because the owner of the process may raise it again. */
function runPrlimit(pid: number, soft: string): void {
  const { status, stderr } = spawnSync('prlimit', [`--pid=${pid}`, `--fsize=${soft}:`])
  if (status !== 0) throw new Error(stderr.toString())
}
