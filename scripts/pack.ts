// Writes the tarballs of the published packages, `waybill` and `@waybill/sdk`, into dist/ or another folder:
//   npm run pack [-- --pack-destination DIRECTORY]
// docs/decisions/025-packages.md describes them.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildProgram } from './build-program.ts'

const ROOT = dirname(import.meta.dirname)

const { values } = parseArgs({ options: { 'pack-destination': { type: 'string' } } })
// npm runs scripts in the folder of the workspace, and names that of the user.
const folder = process.env.INIT_CWD ?? process.cwd()
const target = resolve(
  values['pack-destination'] === undefined ? ROOT : folder,
  values['pack-destination'] ?? 'dist',
)

mkdirSync(target, { recursive: true })
const staging = mkdtempSync(join(tmpdir(), 'waybill-pack-'))
try {
  await buildProgram(join(staging, 'waybill'))
  execFileSync(process.execPath, [join(ROOT, 'scripts/build-sdk.ts'), join(staging, 'sdk')], {
    stdio: 'inherit',
  })
  for (const name of ['waybill', 'sdk']) pack(join(staging, name))
} finally {
  rmSync(staging, { recursive: true })
}

function pack(directory: string): void {
  const options = ['--ignore-scripts', '--loglevel', 'error', '--pack-destination', target]
  const [name] = execFileSync('npm', ['pack', ...options], { cwd: directory, encoding: 'utf8' })
    .trim()
    .split('\n')
    .slice(-1)
  console.log(join(target, name ?? ''))
}
