// Finds the bundle of the program, and decides if it may run. Plain JavaScript, like the launcher that imports it.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Folder of the bundle. It is in the package of the server, because its libraries are found from there. */
export const BUNDLE_FOLDER = join('packages', 'server', 'dist')
/** File in that folder that names the program, and describes the sources that it was built from. */
export const RECORD = 'bundle.json'

const PACKAGES = ['cli', 'extract', 'sdk', 'server']

/**
 * Returns the URL of the bundled program; null when there is none, or when a source has changed since it was built. Times
 * show that nothing has changed. Where they differ, as in a copy, the contents decide. The record of the published
 * package describes no sources, because it has none.
 */
export function findBundle(root) {
  try {
    const record = JSON.parse(readFileSync(join(root, BUNDLE_FOLDER, RECORD), 'utf8'))
    const program = pathToFileURL(join(root, BUNDLE_FOLDER, record.program)).href
    if (record.contents === undefined) return program
    const sources = listSources(root)
    const isFresh = record.times === timesOf(root, sources) || record.contents === contentsOf(root, sources)
    return isFresh ? program : null
  } catch {
    // The record or one of the sources is missing.
    return null
  }
}

/** Returns what a record says about sources. */
export function describeSources(root, sources) {
  return { times: timesOf(root, sources), contents: contentsOf(root, sources) }
}

/** Returns the paths of all files that the bundle may depend on. */
export function listSources(root) {
  const paths = ['package.json', 'scripts/bundle-program.ts', 'scripts/bundle.ts']
  const addFolder = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) addFolder(path)
      else if (!entry.name.endsWith('.test.ts')) paths.push(path)
    }
  }
  for (const name of PACKAGES) {
    paths.push(`packages/${name}/package.json`)
    addFolder(`packages/${name}/src`)
  }
  return paths.sort()
}

/** Returns the sizes and times of the files. No program can set the time of a change (ctime), as `cp -p` does mtime. */
function timesOf(root, paths) {
  return paths
    .map((path) => {
      const { size, ctimeMs } = statSync(join(root, path))
      return `${path} ${size} ${ctimeMs}`
    })
    .join('\n')
}

function contentsOf(root, paths) {
  // Loaded here, because a start rarely needs it.
  const { createHash } = process.getBuiltinModule('node:crypto')
  const hash = createHash('sha256')
  for (const path of paths) {
    const bytes = readFileSync(join(root, path))
    hash.update(`${path} ${bytes.length}\n`).update(bytes)
  }
  return hash.digest('hex')
}
