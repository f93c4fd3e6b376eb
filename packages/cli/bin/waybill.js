#!/usr/bin/env node
// Starts the program on a Node version that can run it. Plain JavaScript, so that old Node versions can parse it.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBundle } from './find-bundle.js'

/** The oldest version with SQLite, the permission model and TypeScript that need no option. */
const OLDEST_NODE = [22, 18]
/** Major version that a checkout has as a package, and that runs its program. */
const MAJOR_OF_CHECKOUT = 24
const LAUNCHER = fileURLToPath(import.meta.url)
const PACKAGE = dirname(dirname(LAUNCHER))
const WATCH_MS = 500
/** Threads for calls of the disk. Node has 4, and begins them with the first call. */
const DISK_THREADS = '16'

if (majorOf(process.versions.node) >= MAJOR_OF_CHECKOUT) await run()
else await runOnOlderNode()

/** Runs the program with a newer Node that npm has installed, or else in this process, if it is new enough. */
async function runOnOlderNode() {
  const node = findNode()
  const [major, minor] = process.versions.node.split('.').map(Number)
  const [oldestMajor, oldestMinor] = OLDEST_NODE
  if (node !== null) runWith(node)
  else if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) await run()
  else {
    console.error(`waybill needs Node ${OLDEST_NODE.join('.')} or newer, and this is ${process.version}.`)
    process.exitCode = 1
  }
}

/**
 * Runs the program in this process, from its bundle or from its sources. Node caches the compiled code, which halves the
 * time of the next start. The cache is in the package's folder, because other users must not be able to write code that
 * runs here. Node runs without the cache if the folder is not writable.
 */
async function run() {
  // Each thread waits for one sync of the disk, and the syncs that wait together share their write to its journal.
  process.env.UV_THREADPOOL_SIZE ??= DISK_THREADS
  // If another launcher started this process, that launcher watches npx.
  if (!process.connected) onLostNpx(() => process.kill(process.pid, 'SIGTERM'))
  module.enableCompileCache(join(PACKAGE, 'node_modules', '.cache'))
  await import(findBundle(dirname(dirname(PACKAGE))) ?? '../src/main.ts')
  module.flushCompileCache()
}

/**
 * Calls `stop` when the shell that `npx` started has ended. `npx` runs this program in a shell and forwards signals to
 * the shell only. The shell then ends without forwarding them, so a server would keep running and keep its port.
 */
function onLostNpx(stop) {
  if (process.env.npm_command !== 'exec') return
  const shell = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(watch)
    stop()
  }, WATCH_MS)
  watch.unref()
}

/** Returns the path of a sufficiently new `node` that npm installed in a `node_modules` above this file, or null. */
function findNode() {
  for (let folder = PACKAGE; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', '.bin', 'node')
    if (!existsSync(candidate)) continue
    const { stdout } = spawnSync(candidate, ['--version'], { encoding: 'utf8' })
    if (stdout && majorOf(stdout.slice(1)) >= MAJOR_OF_CHECKOUT) return candidate
  }
  return null
}

function runWith(node) {
  // The IPC channel closes when this launcher ends, even by SIGKILL. The program then ends too.
  const child = spawn(node, [LAUNCHER, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  onLostNpx(() => child.kill('SIGTERM'))
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP']
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    for (const handled of signals) process.removeAllListeners(handled)
    process.kill(process.pid, signal)
  })
}

function majorOf(version) {
  return Number(version.split('.', 1)[0])
}
