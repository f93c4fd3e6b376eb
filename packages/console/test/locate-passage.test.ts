import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { locatePassage } from '../src/files/locate-passage.ts'

const CASES: readonly { name: string; text: string; passage: string; at: number; found: string | null }[] = [
  { name: 'at its offset', text: 'one two three', passage: 'two', at: 4, found: 'two' },
  { name: 'at another offset', text: '# Title\n\none two', passage: 'one two', at: 0, found: 'one two' },
  { name: 'with other white space', text: 'one\r\n  two', passage: 'one\ntwo', at: 0, found: 'one\r\n  two' },
  { name: 'with signs of expressions', text: 'a (b)* [c]', passage: '(b)*\n[c]', at: 0, found: '(b)* [c]' },
  { name: 'never when it is not there', text: 'one two', passage: 'three', at: 0, found: null },
  { name: 'never when it is empty', text: 'one two', passage: ' \n', at: 0, found: null },
]

describe('a passage is found in its text', () => {
  for (const { name, text, passage, at, found } of CASES) {
    it(name, () => {
      const span = locatePassage(text, passage, at)
      assert.equal(span && text.slice(span.start, span.end), found)
    })
  }

  it('at the occurrence that is nearest to its offset', () => {
    assert.equal(locatePassage('fox, fox, fox', 'fox', 6)?.start, 5)
    assert.equal(locatePassage('a  b, a  b, a  b', 'a b', 13)?.start, 12)
  })
})
