import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { EXAMPLE_TABLE } from '../src/example-table.ts'
import { EXAMPLES, exampleName, LANGUAGES } from '../src/examples.ts'
import { ALL_EXAMPLES, codeOf } from './all-examples.ts'
import { EXAMPLE_CASES } from './example-cases.ts'

describe('every operation has an example', () => {
  for (const name of ALL_EXAMPLES.keys()) {
    it(`${name} has one in each language`, () => {
      for (const language of LANGUAGES) codeOf(name, language)
    })
  }

  it('and none is of an operation that is no more, is there twice, or runs in no test', async () => {
    const written = new Set((await readdir(EXAMPLES)).map((file) => file.replace(/\.\w+$/, '')))
    const names = [...written, ...Object.keys(EXAMPLE_TABLE).map(exampleName)]
    assert.deepEqual(names.toSorted(), [...ALL_EXAMPLES.keys(), 'set-up'].toSorted())
    assert.deepEqual(Object.keys(EXAMPLE_CASES).toSorted(), [...ALL_EXAMPLES.keys()].toSorted())
  })
})
