// Builds the client library for publication: ES modules and CommonJS for Node and browsers, types, and its package.json.
// The output folder is the argument, or packages/sdk/dist.
import { execFileSync } from 'node:child_process'
import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publishedFacts } from './published-facts.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PACKAGE = join(ROOT, 'packages', 'sdk')
const TSC = join(ROOT, 'node_modules', '@typescript', 'native', 'bin', 'tsc')
/** Compiles the sources into a folder of modules, whose files have the endings of their format. */
function compile(folder: string, ending: 'js' | 'cjs', options: readonly string[]): void {
  const project = join(PACKAGE, 'tsconfig.build.json')
  execFileSync(process.execPath, [TSC, '--project', project, '--outDir', folder, ...options], {
    stdio: 'inherit',
  })
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) continue
    // Declarations name the source files, which are not published.
    const text = readFileSync(path, 'utf8').replaceAll(
      /(['"]\.{1,2}\/[^'"]*)\.[tj]s(?=['"])/g,
      `$1.${ending}`,
    )
    rmSync(path)
    const types = ending === 'js' ? 'd.ts' : 'd.cts'
    writeFileSync(
      path.replace(/\.(d\.ts|js)$/, (found) => (found === '.js' ? `.${ending}` : `.${types}`)),
      text,
    )
  }
}

/** Returns the condition of an export or import of the package: the ES module or the CommonJS module of that name. */
function bothFormats(name: string) {
  return { import: `./esm/${name}.js`, require: `./cjs/${name}.cjs` }
}

const out = resolve(process.argv[2] ?? join(PACKAGE, 'dist'))
rmSync(out, { recursive: true, force: true })
const commonjs = ['--module', 'commonjs', '--moduleResolution', 'bundler', '--verbatimModuleSyntax', 'false']
compile(join(out, 'esm'), 'js', [])
compile(join(out, 'cjs'), 'cjs', commonjs)
const { name, license, engines } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))
const manifest = {
  name,
  description: 'Client library of Waybill: uploads that resume, verified downloads, search in files.',
  ...publishedFacts('packages/sdk'),
  license,
  engines,
  type: 'module',
  sideEffects: false,
  // Each format finds its types beside it.
  exports: { '.': bothFormats('waybill'), './package.json': './package.json' },
  imports: {
    '#platform': { browser: bothFormats('platform/browser'), default: bothFormats('platform/node') },
  },
  // Tools that do not read `exports`.
  main: './cjs/waybill.cjs',
  module: './esm/waybill.js',
  types: './cjs/waybill.d.cts',
}
writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
copyFileSync(join(ROOT, 'LICENSE'), join(out, 'LICENSE'))
// npm resolves links from the folder of the package in the repository.
const readme = readFileSync(join(ROOT, 'docs', 'sdk.md'), 'utf8')
writeFileSync(join(out, 'README.md'), readme.replaceAll(/\]\((?=[\w-]+\.md)/g, '](../../docs/'))
