/**
 * Exits with 1 when the licence of a production dependency is not on the list.
 * `node scripts/check-licences.ts [folder]`; the folder has a package-lock.json, the default is this checkout.
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** SPDX ids of permissive licences. */
const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
])

/** Exceptions: unmodified build tools, of which no code is served. */
const BUILD_TOOLS: readonly { name: RegExp; licence: string }[] = [
  // Vite parses and minifies style sheets with it.
  { name: /^lightningcss(-[a-z0-9-]+)?$/, licence: 'MPL-2.0' },
]

interface LockedPackage {
  readonly license?: string
  readonly dev?: boolean
  readonly link?: boolean
}

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '..'))
const lock: { packages: Record<string, LockedPackage> } = JSON.parse(
  readFileSync(join(folder, 'package-lock.json'), 'utf8'),
)
const checked = Object.entries(lock.packages).filter(
  ([path, { dev, link }]) => path.includes('node_modules/') && !dev && !link,
)
const refused = checked
  .map(([path, { license }]) => ({ path, licence: license ?? installedLicence(path) }))
  .filter(({ path, licence }) => !isAllowed(licence) && !isBuildTool(path, licence))

for (const { path, licence } of refused) console.error(`${path}: ${licence ?? 'no licence is named'}`)
if (refused.length > 0) process.exitCode = 1
else console.log(`The licences of ${checked.length} packages are allowed.`)

/** Returns the licence of an installed package; null when it is not installed or names none. */
function installedLicence(path: string): string | null {
  try {
    const { license } = JSON.parse(readFileSync(join(folder, path, 'package.json'), 'utf8'))
    return typeof license === 'string' ? license : null
  } catch {
    return null
  }
}

/** Evaluates an SPDX expression: one operand of OR, or all operands of AND, must be allowed. */
function isAllowed(licence: string | null): boolean {
  if (licence === null) return false
  const choices = licence.replace(/[()]/g, '').split(/ OR /)
  return choices.some((choice) => choice.split(/ AND /).every((one) => ALLOWED.has(one.trim())))
}

function isBuildTool(path: string, licence: string | null): boolean {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  return BUILD_TOOLS.some((tool) => tool.name.test(name) && tool.licence === licence)
}
