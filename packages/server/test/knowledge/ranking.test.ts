import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { ndcg, recall } from '../../../../bench/retrieval/quality.ts'
import { documentOf, queryOf } from '../../src/knowledge/search-index.conformance.ts'
import type { SearchHit, SearchIndex } from '../../src/knowledge/search-index.ts'
import { createSqliteSearchIndex } from '../../src/knowledge/sqlite-index/sqlite-search-index.ts'
import { countTerms, queryTerms } from '../../src/knowledge/tokens/tokenize.ts'
import { memoryFolder } from '../memory-folder.ts'
import { createMemoryFeed, type MemoryFeed } from './memory-feed.ts'
import { NOTES, QUESTIONS } from './notes.ts'

const STORE_ID = 'vs_notes'

describe('the ranking of a small collection', () => {
  let folder: string
  let feed: MemoryFeed
  let index: SearchIndex

  before(async () => {
    folder = await mkdtemp(join(await memoryFolder(), 'waybill-ranking-'))
    feed = createMemoryFeed()
    for (const [id, text] of Object.entries(NOTES))
      await feed.put(STORE_ID, id, { ...documentOf(text), language: 'en' })
    index = createSqliteSearchIndex({ folder, feed })
  })

  after(async () => {
    await index?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const search = (text: string): Promise<SearchHit[]> =>
    index.search([feed.versionOf(STORE_ID)], queryOf(text))

  it('has this nDCG@10 and recall', async () => {
    let gain = 0
    let found = 0
    for (const [text, grades] of QUESTIONS) {
      const ranking = (await search(text)).map(({ fileId }) => fileId)
      const relevant = new Map(Object.entries(grades))
      gain += ndcg(ranking, relevant) / QUESTIONS.length
      found += recall(ranking, relevant) / QUESTIONS.length
    }
    assert.equal(gain.toFixed(3), '0.977')
    assert.equal(found.toFixed(3), '1.000')
  })

  it('is that of BM25 over the same terms, for every question', async () => {
    for (const [text] of QUESTIONS) {
      const hits = (await search(text)).filter(({ score }) => score >= 0.2)
      assert.deepEqual(
        hits.map(({ fileId }) => fileId),
        rankByFormula(text),
      )
    }
  })
})

/** BM25 as the literature writes it, over the whole collection. */
function rankByFormula(query: string): string[] {
  const documents = Object.entries(NOTES).map(([id, text]) => ({ id, ...countTerms(text, 'en') }))
  const averageLength = documents.reduce((sum, { length }) => sum + length, 0) / documents.length
  const scoreOf = (terms: ReadonlyMap<string, number>, length: number) =>
    [...new Set(queryTerms(query, ['en']).flat())].reduce((sum, term) => {
      const holders = documents.filter((document) => document.terms.has(term)).length
      const weight = Math.log(1 + (documents.length - holders + 0.5) / (holders + 0.5))
      const frequency = terms.get(term) ?? 0
      return sum + (weight * frequency * 2.2) / (frequency + 1.2 * (0.25 + (0.75 * length) / averageLength))
    }, 0)
  return documents
    .map(({ id, terms, length }) => ({ id, score: scoreOf(terms, length) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1))
    .slice(0, 10)
    .map(({ id }) => id)
}
