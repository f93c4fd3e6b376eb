import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TextChunk } from '../search-index.ts'
import { rankChunks } from './rank-chunks.ts'

const TEXTS = [
  'The garden has a wall.',
  'Foxes were running through the garden.',
  'A recipe for bread.',
  'A fox sleeps all day and hunts all night.',
]

function chunksOf(texts: readonly string[]): readonly TextChunk[] {
  return texts.map((text, index) => ({
    ...{ index, text, context: index === 2 ? 'Kitchen' : '', page: null, tokenCount: 1 },
    ...{ startOffset: 0, endOffset: text.length },
  }))
}

const rank = (question: string, maxBytes = 1000) =>
  rankChunks(chunksOf(TEXTS), 'en', question, maxBytes).map(({ index }) => index)

describe('the chunks of a text for a question', () => {
  for (const [question, expected] of [
    ['Does a fox run?', [1, 3, 0, 2]],
    ['bread', [2, 0, 1, 3]],
    ['the kitchens', [2, 0, 1, 3]],
    ['zeppelin', [0, 1, 2, 3]],
    ['', [0, 1, 2, 3]],
  ] as const) {
    it(`are ordered by its words: "${question}"`, () => assert.deepEqual(rank(question), expected))
  }

  it('are ordered by a word of one character', () => {
    const chunks = chunksOf(['今日は天気です。', '私は猫が好きです。'])
    assert.deepEqual(
      rankChunks(chunks, null, '猫', 1000).map(({ index }) => index),
      [1, 0],
    )
  })

  it('fill the space, with at least one', () => {
    assert.deepEqual(rank('fox run', 38 + 22), [1, 0])
    assert.deepEqual(rank('fox run', 38 + 21), [1, 2])
    assert.deepEqual(rank('fox run', 1), [1])
    assert.deepEqual(rankChunks([], null, 'fox', 100), [])
  })
})
