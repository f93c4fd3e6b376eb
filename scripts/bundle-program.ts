// Bundles the program. docs/decisions/023-bundle.md describes the bundle, and 025-packages.md the published one.
import { readFileSync } from 'node:fs'
import { findPackageJSON, isBuiltin } from 'node:module'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type OutputAsset, type OutputChunk, type Plugin, rolldown } from 'rolldown'
import { BUNDLE_FOLDER } from '../packages/cli/bin/find-bundle.js'

const ROOT = dirname(import.meta.dirname)
const OUT = join(ROOT, BUNDLE_FOLDER)
const PROGRAM = 'waybill'

/** A library inside the bundle. */
export interface IncludedLibrary {
  readonly name: string
  /** Packages that only parts of it import which the program does not use. They may be missing. */
  readonly unused: ReadonlySet<string>
}

export interface Bundle {
  readonly files: readonly (OutputAsset | OutputChunk)[]
  /** Name of the file that starts the program. */
  readonly program: string
  /** Names of the libraries that its files need. */
  readonly libraries: ReadonlySet<string>
}

/**
 * Returns the bundle of the program, for the folder `BUNDLE_FOLDER` of a checkout or a package. Libraries stay outside of
 * it, except for `included`. Throws when it would find another version of a library than a source does.
 */
export async function bundleProgram(included: IncludedLibrary | null = null): Promise<Bundle> {
  const libraries = new Set<string>()
  const build = await rolldown({
    cwd: ROOT,
    input: { [PROGRAM]: join(ROOT, 'packages/cli/src/main.ts') },
    platform: 'node',
    tsconfig: false,
    plugins: [createLibraries(included, libraries), places],
    // A module that one command loads late may be part of another command from the start.
    checks: { ineffectiveDynamicImport: false, pluginTimings: false },
  })
  const { output } = await build.generate({
    dir: OUT,
    format: 'esm',
    // The ending tells Node the format without a package.json, which a reader in isolation cannot see.
    entryFileNames: '[name]-[hash].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    sourcemap: true,
    sourcemapExcludeSources: true,
    // V8 keeps the text of every file in memory: with its comments, and with two bytes for each character if one of them
    // is not in Latin-1.
    charset: 'ascii',
    comments: { legal: true, annotation: true, jsdoc: false },
  })
  await build.close()
  const program = output.find((file) => file.type === 'chunk' && file.isEntry && file.name === PROGRAM)
  if (program === undefined) throw new Error('the bundle has no program')
  return { files: output, program: program.fileName, libraries }
}

/** Returns the absolute paths of the modules that the bundle consists of. */
export function modulesOf({ files }: Bundle): readonly string[] {
  return files.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : [])).filter((id) => isAbsolute(id))
}

/** Returns the content of a file of the bundle. */
export function contentOf(file: OutputAsset | OutputChunk): string | Uint8Array {
  return file.type === 'chunk' ? file.code : file.source
}

/** Keeps libraries out of the bundle, and adds their names to `found`. */
function createLibraries(included: IncludedLibrary | null, found: Set<string>): Plugin {
  return {
    name: 'libraries',
    resolveId: {
      filter: { id: /^(?![./#]|@waybill\/|node:|[A-Za-z]:\\)/ },
      handler(id, importer) {
        if (importer === undefined || id === included?.name) return null
        if (isBuiltin(id) || included?.unused.has(nameOf(id))) return { id, external: true }
        const [wanted, available] = [versionOf(id, importer), versionOf(id, join(OUT, PROGRAM))]
        if (wanted !== available)
          throw new Error(`${importer} imports ${id} ${wanted}, and the bundle would import ${available}`)
        found.add(nameOf(id))
        return { id, external: true }
      },
    },
  }
}

/** Returns the name of the package of an import. */
function nameOf(id: string): string {
  return id.split('/', id.startsWith('@') ? 2 : 1).join('/')
}

function versionOf(library: string, importer: string): string | null {
  const manifest = findPackageJSON(library, pathToFileURL(importer))
  return manifest === undefined ? null : JSON.parse(readFileSync(manifest, 'utf8')).version
}

const RESOLVE = /import\.meta\.resolve\('([^']+)'\)/g

/**
 * Keeps the files that modules name by their own place. `import.meta.url` remains the place of the source, so that it
 * finds migrations and pages. `import.meta.resolve` names a source that a thread or a process starts with: it becomes a
 * file of the bundle.
 */
const places: Plugin = {
  name: 'places',
  transform: {
    filter: { id: /\.ts$/, code: /import\.meta\./ },
    async handler(code, id) {
      const entries = new Map<string, string>()
      for (const [, source = ''] of code.matchAll(RESOLVE)) {
        const entry = await this.resolve(source, id)
        if (entry === null) throw new Error(`${id} names ${source}, which does not exist`)
        const name = relative(join(ROOT, 'packages'), entry.id)
          .replace(/\/src\/(.*\/)?/, '-')
          .replace(/\.ts$/, '')
        entries.set(source, this.emitFile({ type: 'chunk', id: entry.id, name }))
      }
      const place = relative(OUT, id)
      const placed = code
        .replaceAll(RESOLVE, (_call, source) => `import.meta.ROLLDOWN_FILE_URL_${entries.get(source)}`)
        .replaceAll('import.meta.url', `new URL('${place}', import.meta.url).href`)
        .replaceAll('import.meta.dirname', `(import.meta.dirname + '/${dirname(place)}')`)
      // Every line keeps its number.
      return { code: placed, map: null }
    },
  },
}
