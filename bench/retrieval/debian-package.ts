import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const MAX_DOWNLOAD_MS = 180_000

/**
 * Downloads a package with `apt-get` and unpacks a folder of it below `target`, as its path. Installs nothing and needs
 * no rights. Throws when the system has no `apt-get`, or knows no such package.
 */
export async function unpackDebianPackage(name: string, target: string, folder: string): Promise<void> {
  await run('apt-get', ['download', name], { cwd: target, timeout: MAX_DOWNLOAD_MS })
  const file = (await readdir(target)).find((found) => found.endsWith('.deb')) ?? ''
  const archive = join(target, 'files.tar')
  await run('sh', ['-c', 'dpkg-deb --fsys-tarfile "$1" > "$2"', 'sh', join(target, file), archive])
  await run('tar', ['xf', archive, '-C', target, `./${folder}`])
}
