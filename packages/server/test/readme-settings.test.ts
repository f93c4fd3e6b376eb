import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { readConfig } from '../src/config.ts'
import { describeConfig } from '../src/describe-config.ts'

const README = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')

/** Variables in the table of settings with their defaults; a row can have several of each. */
const SETTINGS = [...README.matchAll(/^\| (`[A-Z_]+`(?:(?:,| or) `[A-Z_]+`)*) \| ([^|]+) \|/gm)].flatMap(
  ([, names = '', defaults = '']) =>
    [...names.matchAll(/[A-Z_]+/g)].map(([name], index) => ({ name, value: defaults.split(', ')[index] })),
)

describe('the table of settings in the README', () => {
  // Connections are a setting only with PostgreSQL, languages only with OCR, and the wait only with a scanner.
  const environment = {
    ...{ DATABASE_URL: 'postgres://db/files', OCR: 'true', FILE_SCAN_URL: 'http://127.0.0.1:8090' },
    FILE_SCAN_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}`,
  }
  const described = new Map(describeConfig(readConfig(environment)))

  it('names settings of the program', () => {
    assert.ok(SETTINGS.length > 20)
    assert.deepEqual(
      SETTINGS.filter(({ name }) => !described.has(name)),
      [],
    )
  })

  for (const { name, value = '' } of SETTINGS) {
    // Only literal defaults can be compared, not those that are paths or descriptions.
    const literal = /^`([^`$/]+)`$/.exec(value)?.[1]
    if (literal !== undefined) {
      it(`has the default of ${name}`, () => assert.equal(described.get(name), literal))
    }
  }
})
