import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

export interface BuiltFile {
  readonly contentType: string
  readonly bytes: Buffer
  readonly gzipped: Buffer
  readonly etag: string
  /** True when the name contains a hash of the content, so that it never changes. */
  readonly isImmutable: boolean
}

/** Files by their path in the folder, such as `index.html` and `assets/index-Ab12.js`. */
export type BuiltFiles = ReadonlyMap<string, BuiltFile>

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * Reads all files of a built page into memory; they are small. A requested name is then only looked up and never becomes
 * a path. Returns null when the page is not built.
 */
export async function readBuiltFiles(directory: URL): Promise<BuiltFiles | null> {
  const folder = fileURLToPath(directory)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const files = await Promise.all(
    paths.map(async (path) => {
      const name = relative(folder, path).split(sep).join('/')
      return [name, await readBuiltFile(path, name.startsWith('assets/'))] as const
    }),
  )
  const byName = new Map(files)
  return byName.has('index.html') ? byName : null
}

async function readBuiltFile(path: string, isImmutable: boolean): Promise<BuiltFile> {
  const bytes = await readFile(path)
  return {
    contentType: CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
    bytes,
    gzipped: await promisify(gzip)(bytes),
    etag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
    isImmutable,
  }
}
