/**
 * Prints the section of a version in CHANGELOG.md. Exits with 1 when the tag is not the version of the workspace, or when
 * the version has no section: then nothing must be published.
 * `node scripts/release-notes.ts v1.2.3 [folder]`; the folder has package.json and CHANGELOG.md, the default is this checkout.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const [tag = '', folder = dirname(import.meta.dirname)] = process.argv.slice(2)
const { version }: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
const sections = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8').split(/^(?=## )/m)
const notes = sections.find((section) => section.startsWith(`## [${version}] - `))

if (tag !== `v${version}`) refuse(`the tag is "${tag}", and the version in package.json is ${version}`)
else if (notes === undefined) refuse(`CHANGELOG.md has no section "## [${version}] - DATE"`)
else console.log(notes.replace(/^.*\n/, '').trim())

function refuse(reason: string): void {
  console.error(reason)
  process.exitCode = 1
}
