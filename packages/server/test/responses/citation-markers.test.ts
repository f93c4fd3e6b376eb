import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { createMarkerFilter } from '../../src/operations/responses/citation-markers.ts'

function read(pieces: readonly string[]) {
  const filter = createMarkerFilter()
  const parts = [...pieces.map((piece) => filter.add(piece)), filter.end()]
  return {
    pieces: parts.map(({ text }) => text),
    text: parts.map(({ text }) => text).join(''),
    citations: parts.flatMap(({ citations }) => citations),
  }
}

it('takes markers out of a text and says where they stood', () => {
  for (const [marked, text, citations] of [
    ['no marker', 'no marker', []],
    ['Ja【1】.', 'Ja.', [[1, 2]]],
    [
      '😀【1】【22】b',
      '😀b',
      [
        [1, 2],
        [22, 2],
      ],
    ],
    [
      'a【1, 2】',
      'a',
      [
        [1, 1],
        [2, 1],
      ],
    ],
    ['a【4:0†notes.txt】b', 'ab', [[4, 1]]],
    ['On 31 March 【1】.', 'On 31 March.', [[1, 11]]],
    ['On 31 March 【1】 or later', 'On 31 March or later', [[1, 11]]],
    ['On 31 March 【1】or later ', 'On 31 March or later ', [[1, 11]]],
    [
      'See 【1】 【2】.',
      'See.',
      [
        [1, 3],
        [2, 3],
      ],
    ],
    ['See 【1】', 'See', [[1, 3]]],
    ['See 【note】.', 'See 【note】.', []],
    ['See 【1', 'See 【1', []],
    ['【note】', '【note】', []],
    ['【1', '【1', []],
    ['【【1】】', '【】', [[1, 1]]],
    [`【1${' '.repeat(80)}】`, `【1${' '.repeat(80)}】`, []],
    ['\ud83d', '\ufffd', []],
  ] as const) {
    const result = read([marked])
    assert.equal(result.text, text)
    assert.deepEqual(
      result.citations.map(({ number, index }) => [number, index]),
      citations,
    )
  }
})

it('gives the same text and citations wherever the text is cut, and splits no pair', () => {
  const fragments = fc.constantFrom(
    'a',
    ' ',
    '.',
    '😀',
    '𝒳',
    '【1】',
    '【2, 3】',
    '【',
    '】',
    '1',
    ',',
    '†x',
    '【x】',
    'é',
  )
  const texts = fc.array(fragments, { maxLength: 14 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(texts, fc.array(fc.nat(40), { maxLength: 6 }), (text, cuts) => {
      const places = [...new Set([0, ...cuts.filter((cut) => cut < text.length), text.length])].sort(
        (a, b) => a - b,
      )
      const pieces = places.slice(1).map((end, index) => text.slice(places[index], end))
      const whole = read([text])
      const cut = read(pieces)
      assert.equal(cut.text, whole.text)
      assert.deepEqual(cut.citations, whole.citations)
      for (const piece of cut.pieces) {
        assert.ok(piece.isWellFormed())
        if (!whole.text.includes('】')) assert.ok(!piece.includes('】'))
      }
    }),
    { numRuns: 400 },
  )
})
