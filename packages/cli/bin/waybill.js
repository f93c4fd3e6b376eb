#!/usr/bin/env node
// Plain JavaScript that any Node can read: finds a Node that can run the program, and runs it there.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MIN_MAJOR = 24
const LAUNCHER = fileURLToPath(import.meta.url)
const PACKAGE = dirname(dirname(LAUNCHER))
const WATCH_MS = 500

if (majorOf(process.versions.node) >= MIN_MAJOR) await run()
else runWith(findNode())

/**
 * Runs the program here. What Node makes of the sources is kept for the next start, which takes half as long with it;
 * beside the program and not in a folder that others may write, since it is code. Where it cannot be kept, it is not.
 */
async function run() {
  // Behind another launcher it is that one that watches.
  if (!process.connected) onLostNpx(() => process.kill(process.pid, 'SIGTERM'))
  module.enableCompileCache(join(PACKAGE, 'node_modules', '.cache'))
  await import('../src/main.ts')
  module.flushCompileCache()
}

/**
 * `npx` starts a shell that starts this, and passes signals on to the shell, which ends without telling: a server would stay
 * behind, and keep its port. Calls `stop` when the shell is gone.
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

/** The `node` that npm installed in a `node_modules` above this file, or null. */
function findNode() {
  for (let folder = PACKAGE; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', '.bin', 'node')
    if (!existsSync(candidate)) continue
    const { stdout } = spawnSync(candidate, ['--version'], { encoding: 'utf8' })
    if (stdout && majorOf(stdout.slice(1)) >= MIN_MAJOR) return candidate
  }
  return null
}

function runWith(node) {
  if (node === null) {
    console.error(
      `waybill needs Node ${MIN_MAJOR} or newer, and this is ${process.version}. "npm ci" installs one.`,
    )
    process.exit(1)
  }
  // The channel tells the program when this launcher is gone, even by SIGKILL, so that none stays behind.
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
