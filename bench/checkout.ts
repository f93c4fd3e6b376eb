import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

export const THIS_CHECKOUT = fileURLToPath(new URL('..', import.meta.url))

/** Returns the path of a file in the measured checkout: BENCH_CHECKOUT, or this one. */
export function inCheckout(path: string): string {
  return join(process.env.BENCH_CHECKOUT ?? THIS_CHECKOUT, path)
}

/**
 * Builds the program of a checkout if its sources have changed since the last build: users run the build, and
 * the sources take 150 ms longer to start. Checkouts of early versions have only sources.
 */
export async function buildCheckout(root: string): Promise<void> {
  const finder = join(root, 'packages/cli/bin/find-bundle.js')
  if (!existsSync(finder)) return
  const { findBundle } = await import(pathToFileURL(finder).href)
  if (findBundle(root) === null) await promisify(execFile)('npm', ['run', 'bundle'], { cwd: root })
}
