import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Installs a version of Node from the registry into a new folder, and returns the path of its program. */
export async function installNode(folder: string, version: string): Promise<string> {
  await installPackages(folder, [`node@npm:node-${process.platform}-${process.arch}@${version}`])
  return join(folder, 'node_modules', 'node', 'bin', 'node')
}

/** Installs packages of the registry, or tarballs, into a new folder, as a user does in an empty one. */
export async function installPackages(folder: string, packages: readonly string[]): Promise<void> {
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), '{}')
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder })
}
