import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

/** Names of files that a file system can hold, some of which need encoding in a URL. */
const NAMES = ['plain.txt', 'a b/c+d.txt', 'größe/文件 😀.txt', 'p%41.txt', "q'(x)!~&=.txt", 'e\u0301/x.txt']

/** Writes small files with different content below the folder. */
export async function createTree(folder: string): Promise<void> {
  for (const name of NAMES) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), `content of ${name}`)
  }
}

/** Returns the SHA-256 of each file below the folder, by its name in it. */
export async function readTree(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const digests = files.sort().map(async (path) => {
    const digest = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
    return [relative(folder, path), digest] as const
  })
  return Object.fromEntries(await Promise.all(digests))
}
