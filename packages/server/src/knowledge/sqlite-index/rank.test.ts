import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCorpus } from './corpus.ts'
import { scoreChunks } from './rank.ts'

describe('scoreChunks', () => {
  it('weighs frequencies and lengths as BM25 does with k1 = 1.2 and b = 0.75', () => {
    const corpus = createCorpus()
    corpus.addFile(1, 'a', null, [
      [1, 0, 2],
      [2, 1, 6],
    ])
    const statistics = { chunkCount: 2, totalLength: 8, chunksByTerm: new Map([['lake', 2]]) }
    const postings = new Map([['lake', { chunks: [1, 2], frequencies: [1, 2] }]])
    const scores = scoreChunks(corpus, [['lake']], postings, statistics)
    // tf (k1 + 1) / (tf + k1 (1 - b + b length / average)), with the average length 4.
    assert.equal(scores.of(1), 1.257142857)
    assert.equal(scores.of(2), 1.205479452)
  })
})
