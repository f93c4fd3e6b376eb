import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { createFixtureEmbedder } from '../../test/knowledge/fixture-embedder.ts'
import { createMemoryFeed, type MemoryFeed } from '../../test/knowledge/memory-feed.ts'
import type { Filter } from '../domain/vector-stores/filter.ts'
import type { Attributes } from '../domain/vector-stores/store-file.ts'
import type {
  IndexedChunk,
  IndexedDocument,
  SearchHit,
  SearchIndex,
  SearchQuery,
  SearchWeights,
  StoreFeed,
} from './search-index.ts'
import { detectLanguage } from './tokens/detect-language.ts'

/** An index to test, over this feed. */
export type OpenIndex = (feed: StoreFeed) => Promise<{ index: SearchIndex; remove(): Promise<void> }>

/** Returns a document with these chunks. */
export function documentOf(...texts: string[]): IndexedDocument {
  let offset = 0
  const chunks = texts.map((text, index) => {
    const startOffset = offset
    offset += text.length
    return {
      index,
      text,
      context: '',
      page: null,
      startOffset,
      endOffset: offset,
      tokenCount: 1,
      vector: null,
    }
  })
  return { language: detectLanguage(texts.join(' ')), chunks }
}

export function queryOf(text: string, fields: Partial<SearchQuery> = {}): SearchQuery {
  return {
    texts: [text],
    vectors: null,
    filter: null,
    fileId: null,
    maxResults: 10,
    scoreThreshold: 0,
    weights: null,
    ...fields,
  }
}

/** Scores of hits that share a word with the query. */
const MATCH = 0.2

/** Tests the promises of `SearchIndex`. */
export function describeSearchIndex(name: string, openIndex: OpenIndex): void {
  describe(`search index: ${name}`, () => {
    let feed: MemoryFeed
    let index: SearchIndex
    let remove: () => Promise<void>

    before(async () => {
      feed = createMemoryFeed()
      const opened = await openIndex(feed)
      index = opened.index
      remove = opened.remove
    })

    after(async () => {
      await index?.close()
      await remove?.()
    })

    const newStore = () => `vs_${randomUUID().replaceAll('-', '')}`
    const put = (store: string, fileId: string, text: string, attributes: Attributes = {}) =>
      feed.put(store, fileId, documentOf(text), attributes)
    const search = (store: string | string[], query: SearchQuery): Promise<SearchHit[]> =>
      index.search(
        [store].flat().map((storeId) => feed.versionOf(storeId)),
        query,
      )
    const matches = async (store: string | string[], query: SearchQuery) =>
      (await search(store, query)).filter(({ score }) => score >= MATCH)
    const filesOf = (hits: readonly SearchHit[]) => hits.map(({ fileId }) => fileId)
    const found = async (store: string, text: string) => filesOf(await matches(store, queryOf(text)))

    /** Store whose files differ in what they say of a few words. */
    const animals = async (): Promise<string> => {
      const store = newStore()
      await put(store, 'foxes', 'The foxes ran through the forest at night and hunted mice.')
      await put(store, 'birds', 'Birds of the forest sing in the morning, and the forest answers.')
      await put(store, 'cooking', 'A recipe for bread with butter and salt.')
      return store
    }

    describe('what it finds', () => {
      it('are chunks that share words with the query, best first', async () => {
        const store = await animals()
        assert.deepEqual(await found(store, 'forest birds'), ['birds', 'foxes'])
        assert.deepEqual(await found(store, 'bread'), ['cooking'])
      })

      it('are other forms of the words too', async () => {
        const store = await animals()
        assert.deepEqual(await found(store, 'a running or hunting fox'), ['foxes'])
      })

      it('are Arabic texts with and without vowel marks', async () => {
        const store = newStore()
        await put(store, 'marked', 'يَشْرَبُ الطِّفْلُ الْحَلِيبَ فِي الصَّبَاحِ.')
        await put(store, 'plain', 'يشرب الطفل الحليب في الصباح.')
        for (const query of ['حليب', 'حَلِيب'])
          assert.deepEqual((await found(store, query)).sort(), ['marked', 'plain'])
      })

      it('are texts with a word of one character, wherever it stands', async () => {
        const store = newStore()
        await put(store, 'tax', '每个人都要交税，税率取决于收入水平。')
        await put(store, 'end', '我很喜欢猫。')
        await put(store, 'middle', '私は猫が好きです。')
        await put(store, 'alone', '猫')
        await put(store, 'book', '새로운 책을 읽었습니다')
        assert.deepEqual(await found(store, '税'), ['tax'])
        assert.deepEqual((await found(store, '猫')).sort(), ['alone', 'end', 'middle'])
        assert.deepEqual(await found(store, '책'), ['book'])
      })

      it('carry the text, its place, its revision and the attributes of the file', async () => {
        const store = newStore()
        await feed.put(store, 'one', documentOf('First part. ', 'Second part about whales.'), { year: 2020 })
        const [hit] = await search(store, queryOf('whale'))
        assert.ok(hit)
        const { score, ...rest } = hit
        assert.ok(score > MATCH && score <= 1)
        assert.deepEqual(rest, {
          storeId: store,
          fileId: 'one',
          revision: 'r1',
          chunkIndex: 1,
          text: 'Second part about whales.',
          context: '',
          page: null,
          startOffset: 12,
          endOffset: 37,
          attributes: { year: 2020 },
        })
      })

      it('includes the headings of a chunk', async () => {
        const store = newStore()
        const { chunks, language } = documentOf('It is done in three steps.')
        const headed = [...(chunks as Iterable<object>)].map((chunk) => ({
          ...chunk,
          context: 'Manual > Installation',
        }))
        await feed.put(store, 'manual', { language, chunks: headed as never })
        assert.deepEqual(await found(store, 'installation'), ['manual'])
      })

      it('fills the list with low scores, so that a threshold removes them', async () => {
        const store = await animals()
        const hits = await search(store, queryOf('bread'))
        assert.equal(hits.length, 3)
        assert.ok(hits.slice(1).every(({ score }) => score > 0 && score < MATCH))
        const cut = await search(store, queryOf('bread', { scoreThreshold: MATCH }))
        assert.deepEqual(filesOf(cut), ['cooking'])
        assert.equal((await search(store, queryOf('zeppelin', { maxResults: 2 }))).length, 2)
      })

      it('is nothing in an empty store', async () => {
        assert.deepEqual(await search(newStore(), queryOf('anything')), [])
      })

      it('has scores in [0, 1] that do not rise', async () => {
        const store = newStore()
        for (let file = 0; file < 30; file++) {
          await put(
            store,
            `file ${file}`,
            `${'lake '.repeat(file % 7)} ${'river '.repeat(file % 5)} stone ${file}`,
          )
        }
        const hits = await search(store, queryOf('lake river', { maxResults: 50 }))
        assert.equal(hits.length, 30)
        for (const [rank, { score }] of hits.entries()) {
          assert.ok(score >= 0 && score <= 1)
          assert.ok(rank === 0 || score <= (hits[rank - 1]?.score ?? 0))
        }
      })

      it('is the best of several queries', async () => {
        const store = await animals()
        const hits = await matches(store, queryOf('', { texts: ['bread', 'mice'] }))
        assert.deepEqual(filesOf(hits).sort(), ['cooking', 'foxes'])
      })

      it('is ranked as one collection in several stores', async () => {
        const one = newStore()
        const other = newStore()
        const both = newStore()
        const texts = [
          'a lake',
          'a lake and a lake by the river',
          'the river',
          'a stone',
          'lake, stone and river',
        ]
        for (const [number, text] of texts.entries()) {
          await put(number % 2 === 0 ? one : other, `file ${number}`, text)
          await put(both, `file ${number}`, text)
        }
        const apart = await matches([one, other], queryOf('lake river'))
        const together = await matches(both, queryOf('lake river'))
        const facts = (hits: SearchHit[]) => hits.map(({ fileId, score }) => [fileId, score])
        assert.deepEqual(facts(apart), facts(together))
        assert.equal(apart.length, 4)
      })

      it('does not depend on other stores', async () => {
        const store = await animals()
        const before = await search(store, queryOf('forest birds'))
        const other = newStore()
        for (let file = 0; file < 20; file++) await put(other, `file ${file}`, 'forest forest birds')
        await search(other, queryOf('forest'))
        assert.deepEqual(await search(store, queryOf('forest birds')), before)
      })
    })

    describe('changes', () => {
      it('are seen by the next search', async () => {
        const store = await animals()
        await put(store, 'late', 'A late file about whales.')
        assert.deepEqual(await found(store, 'whale'), ['late'])
        feed.remove(store, 'late')
        assert.deepEqual(await found(store, 'whale'), [])
        assert.ok(!filesOf(await search(store, queryOf('whale'))).includes('late'))
      })

      it('replace the chunks of a file in one step', async () => {
        const store = await animals()
        await search(store, queryOf('forest'))
        await put(store, 'foxes', 'Nothing but whales.')
        assert.deepEqual(await found(store, 'forest'), ['birds'])
        assert.deepEqual(await found(store, 'whales'), ['foxes'])
        assert.equal((await search(store, queryOf('anything'))).length, 3)
      })

      it('leave no trace in the scores', async () => {
        const store = await animals()
        const before = await search(store, queryOf('forest birds'))
        for (let file = 0; file < 20; file++)
          await put(store, `more ${file}`, 'forest birds bread '.repeat(file + 1))
        await search(store, queryOf('forest birds'))
        for (let file = 0; file < 20; file++) feed.remove(store, `more ${file}`)
        assert.deepEqual(await search(store, queryOf('forest birds')), before)
      })

      it('of attributes leave the chunks alone', async () => {
        const store = await animals()
        await search(store, queryOf('forest'))
        feed.setAttributes(store, 'foxes', { kind: 'mammal' })
        const filter: Filter = { type: 'eq', key: 'kind', value: 'mammal' }
        const hits = await search(store, queryOf('forest', { filter }))
        assert.deepEqual(filesOf(hits), ['foxes'])
        assert.deepEqual(hits[0]?.attributes, { kind: 'mammal' })
        assert.deepEqual(hits[0]?.revision, 'r1')
      })

      it('of a document in many parts appear together', async () => {
        const store = newStore()
        const texts = Array.from(
          { length: 3_000 },
          (_, at) => `${randomUUID()} ${'filler '.repeat(40)} mark${at} `,
        )
        await feed.put(store, 'long', documentOf(...texts))
        const hits = await matches(store, queryOf('mark0 mark1500 mark2999'))
        assert.deepEqual(hits.map(({ chunkIndex }) => chunkIndex).sort(), [0, 1500, 2999])
      })

      it('that the feed has forgotten are found by comparison', async () => {
        const store = await animals()
        await search(store, queryOf('forest'))
        feed.remove(store, 'birds')
        await put(store, 'new', 'A forest without end.')
        feed.forgetRemoved(store)
        assert.deepEqual((await found(store, 'forest')).sort(), ['foxes', 'new'])
        assert.deepEqual(await index.check(feed.versionOf(store)), [])
      })
    })

    describe('filters', () => {
      it('apply before the list is cut', async () => {
        const store = newStore()
        for (let file = 0; file < 40; file++) {
          await put(store, `file ${file}`, `${'lake '.repeat(40 - file)}`, { isLast: file >= 35 })
        }
        const filter: Filter = { type: 'eq', key: 'isLast', value: true }
        const hits = await search(store, queryOf('lake', { filter, maxResults: 5 }))
        assert.deepEqual(filesOf(hits).sort(), ['file 35', 'file 36', 'file 37', 'file 38', 'file 39'])
      })

      it('apply to the hits that fill the list too', async () => {
        const store = await animals()
        const filter: Filter = { type: 'eq', key: 'kind', value: 'none' }
        assert.deepEqual(await search(store, queryOf('zeppelin', { filter })), [])
      })

      it('by file return chunks of that file only, also to fill the list', async () => {
        const store = await animals()
        const all = await search(store, queryOf('forest'))
        const hits = await search(store, queryOf('forest', { fileId: 'foxes' }))
        assert.deepEqual(
          hits,
          all.filter(({ fileId }) => fileId === 'foxes'),
        )
        assert.deepEqual(filesOf(await search(store, queryOf('zeppelin', { fileId: 'foxes' }))), ['foxes'])
        assert.deepEqual(await search(store, queryOf('forest', { fileId: 'wolves' })), [])
        const filter: Filter = { type: 'eq', key: 'kind', value: 'none' }
        assert.deepEqual(await search(store, queryOf('forest', { fileId: 'foxes', filter })), [])
      })

      it('change no score', async () => {
        const store = await animals()
        feed.setAttributes(store, 'foxes', { kind: 'mammal' })
        const all = await search(store, queryOf('forest'))
        const filter: Filter = { type: 'eq', key: 'kind', value: 'mammal' }
        const [hit] = await search(store, queryOf('forest', { filter }))
        assert.equal(hit?.score, all.find(({ fileId }) => fileId === 'foxes')?.score)
      })
    })

    describe('queries in any form', () => {
      const HOSTILE: readonly [string, string][] = [
        ['nothing', ''],
        ['spaces', '   '],
        ['control characters', '\u0000\u0001\u001b[31m\u007f'],
        ['half a surrogate pair', 'lake \ud83d'],
        ['operators of a search engine', '"lake" AND (river OR NOT *) NEAR^2 -stone: {terms} + lake*'],
        ['quotation marks alone', '"""'],
        ['SQL', "'; DROP TABLE chunks; --"],
        ['only stop words', 'what is the of and'],
        ['8,192 characters without a space', 'x'.repeat(8_192)],
        ['8,192 characters of words', 'lake '.repeat(1_639).slice(0, 8_192)],
        ['1,000 different words', Array.from({ length: 1_000 }, (_, at) => `w${at}`).join(' ')],
        ['ideographs', '漢'.repeat(8_192)],
        ['combining marks', '\u0301'.repeat(8_192)],
        ['names of properties', '__proto__ constructor toString'],
      ]
      for (const [name, text] of HOSTILE) {
        it(`return a full list: ${name}`, async () => {
          const store = await animals()
          const hits = await search(store, queryOf(text))
          assert.equal(hits.length, 3)
          assert.ok(hits.every(({ score }) => score >= 0 && score <= 1))
        })
      }

      const SCRIPTS: readonly [string, string, string][] = [
        ['Japanese', '東京都の天気は晴れです。', '東京の天気'],
        ['Chinese', '图书馆今天关门。', '图书馆'],
        ['Korean', '서울에서 공부하는 학생들', '서울'],
        ['Thai', 'วันนี้อากาศดีมาก', 'อากาศ'],
        ['Arabic', 'ذهب المُعَلِّم إلى المدرسة', 'المعلم'],
        ['Russian', 'Мы читали интересные книги в библиотеке', 'книга'],
        ['German', 'Die Häuser wurden von den Bürgern gebaut und sie sind sehr schön', 'Haus Burger'],
        ['emoji beside words', '🚀 rocket 🚀', '🚀 rockets'],
      ]
      for (const [name, text, query] of SCRIPTS) {
        it(`find words in ${name}`, async () => {
          const store = await animals()
          await put(store, 'here', text)
          assert.deepEqual(await found(store, query), ['here'])
        })
      }

      it('of only stop words find texts with them', async () => {
        const store = await animals()
        assert.ok((await found(store, 'the')).length > 0)
      })
    })

    describe('vectors', () => {
      const embedder = createFixtureEmbedder()
      /** Deterministic direction for a number. */
      const directionOf = (number: number) => {
        const values = Float32Array.from({ length: 40 }, (_, at) =>
          Math.sin(number * 7 + at * at * 1.3 + number * at),
        )
        return values.map((value) => value / Math.hypot(...values))
      }
      const putVector = (
        store: string,
        fileId: string,
        text: string,
        vector: Float32Array,
        attributes: Attributes = {},
      ) => {
        const { language, chunks } = documentOf(text)
        const withVector = [...(chunks as Iterable<IndexedChunk>)].map((chunk) => ({ ...chunk, vector }))
        return feed.put(store, fileId, { language, chunks: withVector }, attributes)
      }
      const onlyVectors = { text: 0, embedding: 1 }

      it('find chunks that share no word, the nearest first, with exact scores', async () => {
        const store = newStore()
        const directions = Array.from({ length: 200 }, (_, number) => directionOf(number))
        for (const [number, vector] of directions.entries())
          await putVector(store, `file ${number}`, 'text', vector)
        for (let query = 0; query < 10; query++) {
          const vector = directionOf(query + 0.37)
          const hits = await search(store, queryOf('other', { vectors: [vector], weights: onlyVectors }))
          const exact = directions
            .map((one, number) => ({
              fileId: `file ${number}`,
              score: one.reduce((sum, value, at) => sum + value * (vector[at] ?? 0), 0),
            }))
            .sort((one, other) => other.score - one.score)
            .slice(0, 10)
          assert.deepEqual(filesOf(hits), filesOf(exact as SearchHit[]))
          for (const [rank, hit] of hits.entries())
            assert.ok(Math.abs(hit.score - (exact[rank]?.score ?? 0)) < 1e-5)
        }
      })

      it('apply filters before the nearest are chosen', async () => {
        const store = newStore()
        for (let number = 0; number < 300; number++) {
          await putVector(store, `file ${number}`, 'text', directionOf(number / 1_000), {
            isLast: number >= 295,
          })
        }
        const filter: Filter = { type: 'eq', key: 'isLast', value: true }
        const query = queryOf('other', {
          vectors: [directionOf(0)],
          weights: onlyVectors,
          filter,
          maxResults: 5,
        })
        assert.deepEqual(filesOf(await search(store, query)).sort(), [
          'file 295',
          'file 296',
          'file 297',
          'file 298',
          'file 299',
        ])
      })

      it('change a lexical ranking by their weight', async () => {
        const store = newStore()
        await putVector(store, 'words', 'a lake', directionOf(1))
        await putVector(store, 'meaning', 'other text', directionOf(2))
        const first = async (weights: SearchWeights) =>
          (await search(store, queryOf('lake', { vectors: [directionOf(2)], weights })))[0]?.fileId
        assert.equal(await first({ text: 1, embedding: 0 }), 'words')
        assert.equal(await first({ text: 0, embedding: 1 }), 'meaning')
        assert.equal(await first({ text: 0.1, embedding: 0.9 }), 'meaning')
      })

      it('follow changes and removals of files', async () => {
        const store = newStore()
        const nearest = async () =>
          filesOf(
            await search(
              store,
              queryOf('other', { vectors: [directionOf(1)], weights: onlyVectors, maxResults: 1 }),
            ),
          )
        await putVector(store, 'one', 'text', directionOf(1))
        await putVector(store, 'two', 'text', directionOf(2))
        assert.deepEqual(await nearest(), ['one'])
        await putVector(store, 'three', 'text', directionOf(1))
        await putVector(store, 'one', 'text', directionOf(2))
        assert.deepEqual(await nearest(), ['three'])
        feed.remove(store, 'three')
        assert.notDeepEqual(await nearest(), ['three'])
        await index.rebuild(feed.versionOf(store))
        assert.notDeepEqual(await nearest(), ['three'])
      })

      it('of other dimensions than those of the query do not count', async () => {
        const store = newStore()
        await putVector(store, 'old model', 'a lake', Float32Array.of(1, 0))
        await putVector(store, 'new model', 'a river', directionOf(1))
        const hits = await search(store, queryOf('lake', { vectors: [directionOf(1)] }))
        assert.deepEqual(filesOf(hits).sort(), ['new model', 'old model'])
      })

      it('are used with several queries and several stores', async () => {
        const stores = [newStore(), newStore()]
        const texts = ['lakes and rivers', 'bread and butter', 'stars and planets']
        for (const store of stores) {
          for (const text of texts) {
            const [vector] = await embedder.embed([text])
            if (vector) await putVector(store, `${store} ${text}`, text, vector)
          }
        }
        const asked = ['lake', 'planet']
        const hits = await search(
          stores,
          queryOf('', { texts: asked, vectors: await embedder.embed(asked), maxResults: 4 }),
        )
        assert.deepEqual(hits.map(({ text }) => text).sort(), [texts[0], texts[0], texts[2], texts[2]])
      })
    })

    describe('a rebuilt index', () => {
      it('gives the same hits with the same scores', async () => {
        const store = await animals()
        for (let file = 0; file < 20; file++)
          await put(store, `same ${file % 9}`, 'an equal text in each forest')
        feed.remove(store, 'same 3')
        feed.setAttributes(store, 'same 1', { kind: 'first' })
        const query = queryOf('forest text', { maxResults: 50 })
        const before = await search(store, query)
        await index.rebuild(feed.versionOf(store))
        assert.deepEqual(await search(store, query), before)
        assert.equal(before.length, 11)
      })

      it('is sound', async () => {
        const store = await animals()
        assert.deepEqual(await index.check(feed.versionOf(store)), [])
      })

      it('follows after the store was dropped from the index', async () => {
        const store = await animals()
        const before = await search(store, queryOf('forest'))
        await index.drop(store)
        await index.drop(store)
        assert.deepEqual(await search(store, queryOf('forest')), before)
      })
    })

    it('answers searches and changes at the same time', async () => {
      const store = await animals()
      const results = await Promise.all(
        Array.from({ length: 40 }, async (_, number) => {
          if (number % 2 === 0) await put(store, `extra ${number}`, 'an extra file of the forest')
          return search(store, queryOf('forest', { maxResults: 50 }))
        }),
      )
      assert.equal(results.length, 40)
      assert.equal((await matches(store, queryOf('forest', { maxResults: 50 }))).length, 22)
    })

    it('refuses to search before a change that the store never made', async () => {
      const store = await animals()
      await assert.rejects(index.search([{ ...feed.versionOf(store), seq: 1_000 }], queryOf('forest')), {
        code: 'SERVICE_UNAVAILABLE',
      })
    })
  })
}
