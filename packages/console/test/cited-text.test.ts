import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FileCitation } from '@waybill/sdk'
import { citedText } from '../src/ask/cited-text.ts'

const cite = (index: number, chunk_id: string): FileCitation => ({
  ...{ type: 'file_citation', index, file_id: 'file_1', filename: 'a.txt', chunk_id },
  ...{ page: null, start_offset: 0, end_offset: 1, quote: 'a' },
})

const CASES: readonly {
  name: string
  text: string
  citations: readonly FileCitation[]
  parts: readonly (readonly [text: string, sources: readonly number[]])[]
  sources: readonly string[]
}[] = [
  { name: 'no citation', text: 'Plain.', citations: [], parts: [['Plain.', []]], sources: [] },
  {
    name: 'a citation within the text',
    text: 'One. Two.',
    citations: [cite(4, 'x')],
    parts: [
      ['One.', [1]],
      [' Two.', []],
    ],
    sources: ['x'],
  },
  {
    name: 'a passage that is cited twice has one number',
    text: 'One. Two. Three.',
    citations: [cite(4, 'x'), cite(9, 'y'), cite(16, 'x')],
    parts: [
      ['One.', [1]],
      [' Two.', [2]],
      [' Three.', [1]],
    ],
    sources: ['x', 'y'],
  },
  {
    name: 'several passages at one place, one of them twice',
    text: 'One.',
    citations: [cite(4, 'x'), cite(4, 'y'), cite(4, 'x')],
    parts: [['One.', [1, 2]]],
    sources: ['x', 'y'],
  },
  {
    name: 'a place after the text so far',
    text: 'One',
    citations: [cite(9, 'x')],
    parts: [['One', [1]]],
    sources: ['x'],
  },
]

describe('the text of an answer', () => {
  for (const { name, text, citations, parts, sources } of CASES) {
    it(`is divided at its citations: ${name}`, () => {
      const cited = citedText(text, citations)
      assert.deepEqual(
        cited.parts.map((part) => [part.text, part.sources]),
        parts,
      )
      assert.deepEqual(
        cited.sources.map(({ chunk_id }) => chunk_id),
        sources,
      )
      assert.equal(cited.parts.map((part) => part.text).join(''), text)
    })
  }
})
