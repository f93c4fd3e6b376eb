import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { excerptOf, highlight, type Segment } from '../src/stores/highlight.ts'

const matches = (segments: readonly Segment[]) =>
  segments.filter(({ isMatch }) => isMatch).map(({ text }) => text)
const joined = (segments: readonly Segment[]) => segments.map(({ text }) => text).join('')

const CASES: readonly { name: string; text: string; queries: string[]; marked: string[] }[] = [
  { name: 'a word in any case', text: 'The Fox ran.', queries: ['fox'], marked: ['Fox'] },
  { name: 'another ending', text: 'Two deliveries', queries: ['delivery'], marked: ['deliveries'] },
  { name: 'the plural of a short word', text: 'Foxes run', queries: ['fox'], marked: ['Foxes'] },
  { name: 'no accents', text: 'A café', queries: ['cafe'], marked: ['café'] },
  { name: 'words of all queries', text: 'oak and fox', queries: ['fox', 'oak'], marked: ['oak', 'fox'] },
  { name: 'no function words', text: 'the fox of the wood', queries: ['where is the fox'], marked: ['fox'] },
  { name: 'function words alone', text: 'to be or not', queries: ['to be'], marked: ['to', 'be'] },
  { name: 'whole numbers only', text: '1200 and 12001', queries: ['1200'], marked: ['1200'] },
  { name: 'no word that only begins the same', text: 'contract', queries: ['condition'], marked: [] },
  { name: 'no part of a word', text: 'a firefox', queries: ['fox'], marked: [] },
  { name: 'a script without spaces', text: '東京は大きい', queries: ['東京'], marked: ['東京'] },
  { name: 'nothing for signs', text: 'a (b) $c', queries: ['( $ .*'], marked: [] },
]

describe('the marked words of a passage', () => {
  for (const { name, text, queries, marked } of CASES) {
    it(`are ${name}`, () => {
      const segments = highlight(text, queries)
      assert.deepEqual(matches(segments), marked)
      assert.equal(joined(segments), text)
    })
  }

  it('are where their start says', () => {
    const text = 'one fox, two foxes'
    for (const segment of highlight(text, ['fox']))
      assert.equal(text.startsWith(segment.text, segment.start), true)
  })
})

describe('an excerpt of a passage', () => {
  it('is a short passage itself', () => {
    const { segments, isCutBefore, isCutAfter } = excerptOf('a short fox', ['fox'], 100)
    assert.deepEqual([joined(segments), isCutBefore, isCutAfter], ['a short fox', false, false])
  })

  for (const [place, before, after] of [
    ['start', 0, 500],
    ['middle', 500, 500],
    ['end', 500, 0],
  ] as const) {
    it(`has the first marked word at the ${place}, and whole words only`, () => {
      const text = `${'before '.repeat(before)}fox${' behind'.repeat(after)}`
      const { segments, isCutBefore, isCutAfter } = excerptOf(text, ['fox'], 200)
      assert.deepEqual(matches(segments), ['fox'])
      const shown = joined(segments)
      assert.ok(shown.length <= 200, `${shown.length}`)
      assert.ok(shown.length > 150, `${shown.length}`)
      assert.match(shown, /^(before |fox)/)
      assert.match(shown, /(fox|behind ?)$/)
      assert.deepEqual([isCutBefore, isCutAfter], [before > 0, after > 0])
    })
  }

  it('begins at the start of a passage without a marked word', () => {
    const { segments, isCutBefore } = excerptOf('word '.repeat(200), ['fox'], 100)
    assert.deepEqual([joined(segments).startsWith('word'), isCutBefore], [true, false])
  })
})
