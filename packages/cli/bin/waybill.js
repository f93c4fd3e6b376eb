#!/usr/bin/env node
// Starts the program on a Node version that can run it. Plain JavaScript, so that old Node versions can parse it.
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
 * Runs the program in this process. Node caches the compiled sources, which halves the time of the next start. The
 * cache is in the package's folder, because other users must not be able to write code that runs here. Node runs
 * without the cache if the folder is not writable.
 */
async function run() {
  // If another launcher started this process, that launcher watches npx.
  if (!process.connected) onLostNpx(() => process.kill(process.pid, 'SIGTERM'))
  module.registerHooks({ resolve: resolveOwnFile })
  module.enableCompileCache(join(PACKAGE, 'node_modules', '.cache'))
  await import('../src/main.ts')
  module.flushCompileCache()
}

/**
 * Resolves an import of one file of this program by another. Node would look for the file, its links and its package,
 * which takes an eighth of the time of the start.
 */
function resolveOwnFile(specifier, context, next) {
  if (!/^\.\.?\/.*\.ts$/.test(specifier)) return next(specifier, context)
  const { href: url } = new URL(specifier, context.parentURL)
  return { url, format: 'module-typescript', shortCircuit: true }
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
    if (stdout && majorOf(stdout.slice(1)) >= MIN_MAJOR) return candidate
  }
  return null
}

function runWith(node) {
  if (node === null) {
    console.error(
      `waybill needs Node ${MIN_MAJOR} or newer; this is ${process.version}. Run "npm ci" to install one.`,
    )
    process.exit(1)
  }
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
