import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { completionList, numbersOf } from './completion-list.ts'

const partsOf = (numbers: readonly number[]) => numbers.map((number) => ({ number, etag: `tag-${number}` }))

describe('list of a completion', () => {
  for (const [numbers, text] of [
    [[1], '1'],
    [[1, 2, 3], '1-3'],
    [[2, 3, 7, 9, 10], '2-3,7,9-10'],
  ] as const) {
    it(`keeps the numbers ${text}`, () => {
      const list = completionList(partsOf(numbers))
      assert.equal(list.numbers, text)
      assert.deepEqual(numbersOf(list), numbers)
    })
  }

  it('is another one for other bytes of a part', () => {
    const [one, other] = ['a', 'b'].map((etag) => completionList([{ number: 1, etag }]))
    assert.notEqual(one?.digest, other?.digest)
    assert.equal(completionList([{ number: 1, etag: 'a' }]).digest, one?.digest)
  })
})
