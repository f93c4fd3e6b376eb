// Bundles the program into packages/server/dist, which the launcher runs while its sources are unchanged.
// docs/decisions/023-bundle.md describes it.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BUNDLE_FOLDER, describeSources, listSources, RECORD } from '../packages/cli/bin/find-bundle.js'
import { bundleProgram, contentOf, modulesOf } from './bundle-program.ts'

const ROOT = dirname(import.meta.dirname)
const OUT = join(ROOT, BUNDLE_FOLDER)

/** Writes the file so that a program which starts now finds the old or the new one. */
function replaceFile(name: string, content: string | Uint8Array): void {
  const temporary = join(OUT, `${name}.${process.pid}`)
  writeFileSync(temporary, content)
  renameSync(temporary, join(OUT, name))
}

/** Throws when the bundle depends on a file that its record does not describe. */
function checkModules(ids: readonly string[], sources: readonly string[]): void {
  const known = new Set(sources.map((path) => join(ROOT, path)))
  for (const id of ids) if (!known.has(id)) throw new Error(`${id} is not one of the sources of the bundle`)
}

/** Returns the files of the bundle before this one: a server that runs it may load some of them later. */
function namesInRecord(): readonly string[] {
  try {
    return JSON.parse(readFileSync(join(OUT, RECORD), 'utf8')).names ?? []
  } catch {
    return []
  }
}

const sources = listSources(ROOT)
const description = describeSources(ROOT, sources)
const bundle = await bundleProgram()
checkModules(modulesOf(bundle), sources)
if (describeSources(ROOT, sources).times !== description.times)
  throw new Error('a source has changed; bundle again')

mkdirSync(OUT, { recursive: true })
const before = namesInRecord()
for (const file of bundle.files) replaceFile(file.fileName, contentOf(file))
const names = bundle.files.map(({ fileName }) => fileName)
replaceFile(RECORD, `${JSON.stringify({ program: bundle.program, names, ...description })}\n`)
const needed = new Set([...names, ...before])
for (const name of readdirSync(OUT))
  if (/\.mjs(\.map)?$/.test(name) && !needed.has(name)) rmSync(join(OUT, name))
