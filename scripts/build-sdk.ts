// Builds the client library for publication: JavaScript for Node and browsers, types, and its own package.json. The
// output folder is the argument, or packages/sdk/dist.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PACKAGE = join(ROOT, 'packages', 'sdk')
const TSC = join(ROOT, 'node_modules', '@typescript', 'native', 'bin', 'tsc')
const out = resolve(process.argv[2] ?? join(PACKAGE, 'dist'))

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
const project = join(PACKAGE, 'tsconfig.build.json')
execFileSync(process.execPath, [TSC, '--project', project, '--outDir', out], { stdio: 'inherit' })

// Declarations name the source files, which are not published.
for (const name of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue
  const text = readFileSync(join(out, name), 'utf8')
  writeFileSync(join(out, name), text.replaceAll(/('\.[^']*)\.ts'/g, "$1.js'"))
}

const { scripts: _, private: __, ...facts } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))
const built = {
  ...facts,
  exports: { '.': { types: './waybill.d.ts', default: './waybill.js' } },
  imports: { '#platform': { browser: './platform/browser.js', default: './platform/node.js' } },
}
writeFileSync(join(out, 'package.json'), `${JSON.stringify(built, null, 2)}\n`)
copyFileSync(join(ROOT, 'LICENSE'), join(out, 'LICENSE'))
copyFileSync(join(ROOT, 'docs', 'sdk.md'), join(out, 'README.md'))
