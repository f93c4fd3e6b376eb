import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { EXAMPLES, exampleName, LANGUAGES, readExample } from '../src/examples.ts'
import { EXAMPLE_CASES } from './example-cases.ts'
import { operations } from './operations.ts'

describe('every operation has an example', () => {
  for (const { operationId } of operations) {
    it(`${operationId} has one in each language`, () => {
      for (const { name, ending } of LANGUAGES) {
        assert.notEqual(readExample(exampleName(operationId), ending), null, name)
      }
    })
  }

  it('and none is of an operation that is no more, or runs in no test', async () => {
    const names = new Set((await readdir(EXAMPLES)).map((file) => file.replace(/\.\w+$/, '')))
    const ofOperations = operations.map(({ operationId }) => exampleName(operationId))
    assert.deepEqual([...names].toSorted(), [...ofOperations, 'resumable-upload', 'set-up'].toSorted())
    assert.deepEqual(Object.keys(EXAMPLE_CASES).toSorted(), [...ofOperations, 'resumable-upload'].toSorted())
  })
})
