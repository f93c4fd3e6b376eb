import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BUNDLE_FOLDER, RECORD } from '../packages/cli/bin/find-bundle.js'
import { bundleProgram, contentOf, type IncludedLibrary } from './bundle-program.ts'
import { publishedFacts } from './published-facts.ts'

const ROOT = dirname(import.meta.dirname)

/** Its packages for PDF files and for text in images, which the readers do not use, would be another 120 MB. */
const INCLUDED: IncludedLibrary = {
  name: 'officeparser',
  unused: new Set(['pdf-lib', 'pdfjs-dist', 'puppeteer', 'tesseract.js']),
}

/** Paths in the package, which are those of a checkout, so that the program finds its files in both. */
const COPIED = [
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
  'packages/cli/bin',
  'packages/server/src/database/migrations',
  'packages/console/dist',
  'packages/reference/dist',
]

interface Manifest {
  readonly license: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: unknown
}

/** Builds the package `waybill` in a new folder: the program and its pages. */
export async function buildProgram(out: string): Promise<void> {
  for (const page of ['console', 'reference'])
    execFileSync('npm', ['run', '--silent', page], { cwd: ROOT, stdio: 'inherit' })
  const { files, program, libraries } = await bundleProgram(INCLUDED)
  for (const path of COPIED) cpSync(join(ROOT, path), join(out, path), { recursive: true })
  mkdirSync(join(out, BUNDLE_FOLDER), { recursive: true })
  for (const file of files) writeFileSync(join(out, BUNDLE_FOLDER, file.fileName), contentOf(file))
  const licence = join(ROOT, 'node_modules', INCLUDED.name, 'LICENSE')
  cpSync(licence, join(out, BUNDLE_FOLDER, `LICENSE-${INCLUDED.name}`))
  writeJson(join(out, BUNDLE_FOLDER, RECORD), { program })
  writeJson(join(out, 'package.json'), createManifest(libraries))
}

function createManifest(libraries: ReadonlySet<string>) {
  const server = readManifest('packages/server')
  const { license, peerDependencies, peerDependenciesMeta } = server
  return {
    name: 'waybill',
    description: 'File service with resumable uploads, verified storage and search in files.',
    ...publishedFacts(null),
    keywords: ['files', 'upload', 'resumable', 'tus', 'storage', 'search', 'self-hosted'],
    license,
    type: 'module',
    engines: { node: '>=22.18' },
    bin: { waybill: 'packages/cli/bin/waybill.js' },
    dependencies: dependenciesOf(libraries, server),
    peerDependencies,
    peerDependenciesMeta,
  }
}

/** Returns the libraries that the program needs. Throws when its bundle imports another one. */
function dependenciesOf(libraries: ReadonlySet<string>, server: Manifest): Record<string, string> {
  const ours = [server, readManifest('packages/cli'), readManifest('packages/extract')]
  const declared = Object.fromEntries(
    ours
      .flatMap(({ dependencies }) => Object.entries(dependencies))
      .filter(([name]) => name !== INCLUDED.name && !name.startsWith('@waybill/')),
  )
  const fromIncluded = readManifest(`node_modules/${INCLUDED.name}`).dependencies
  for (const name of libraries) {
    if (name in declared || name in (server.peerDependencies ?? {})) continue
    const range = fromIncluded[name]
    if (range === undefined) throw new Error(`the bundle imports ${name}, which is no dependency`)
    declared[name] = range
  }
  return Object.fromEntries(Object.entries(declared).sort(([one], [other]) => (one < other ? -1 : 1)))
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'))
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)
}
