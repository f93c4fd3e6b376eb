import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import type { ChunkingStrategy } from '../../domain/vector-stores/store-file.ts'
import type { ExtractedText, TextPart } from '../text-extractor.ts'
import { chunkText } from './chunk-text.ts'
import { withoutOverlaps } from './without-overlaps.ts'

const AUTO: ChunkingStrategy = { kind: 'auto' }
const windows = (maxChunkTokens: number, overlapTokens: number): ChunkingStrategy => ({
  kind: 'static',
  maxChunkTokens,
  overlapTokens,
})

function partOf(text: string, fields: Partial<TextPart> = {}): TextPart {
  return { text, kind: 'paragraph', level: null, page: null, pageKind: null, ...fields }
}

const documentOf = (...parts: TextPart[]): ExtractedText => ({ parts })
const textOf = ({ parts }: ExtractedText): string => parts.map(({ text }) => text).join('')
/** A sentence of eight tokens, without the space in front. */
const SENTENCE = 'The quick brown fox jumps over it.'
const sentences = (count: number): string => `${SENTENCE} `.repeat(count)

const anyPart = fc.record({
  text: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.lorem({ maxCount: 120 }),
    fc
      .array(fc.constantFrom('a', ' ', '\n', '.', '漢', '。', '👩🏽‍🚀', '<|endoftext|>'), { maxLength: 900 })
      .map((all) => all.join('')),
  ),
  kind: fc.constantFrom('paragraph', 'heading', 'list-item', 'table-header', 'table-row', 'code', 'note'),
  level: fc.option(fc.integer({ min: 1, max: 6 })),
  page: fc.option(fc.integer({ min: 1, max: 9 })),
  pageKind: fc.constantFrom('page', 'slide', 'sheet', 'chapter', null),
}) as fc.Arbitrary<TextPart>

const anyDocument: fc.Arbitrary<ExtractedText> = fc.record({ parts: fc.array(anyPart, { maxLength: 12 }) })
const anyStrategy: fc.Arbitrary<ChunkingStrategy> = fc.oneof(
  fc.constant(AUTO),
  fc
    .integer({ min: 100, max: 300 })
    .chain((max) => fc.integer({ min: 0, max: Math.floor(max / 2) }).map((overlap) => windows(max, overlap))),
)

describe('chunks of any document', () => {
  it('are its text when overlaps are left out', () => {
    fc.assert(
      fc.property(anyDocument, anyStrategy, (document, strategy) => {
        assert.equal([...withoutOverlaps(chunkText(document, strategy))].join(''), textOf(document))
      }),
    )
  })

  it('are what stands at their offsets, in order, and within the limit of tokens', () => {
    fc.assert(
      fc.property(anyDocument, anyStrategy, (document, strategy) => {
        const text = textOf(document)
        let end = 0
        for (const [position, chunk] of [...chunkText(document, strategy)].entries()) {
          assert.equal(chunk.index, position)
          assert.equal(chunk.text, text.slice(chunk.startOffset, chunk.endOffset))
          assert.ok(chunk.startOffset <= end && chunk.endOffset > end, 'each chunk continues the text')
          assert.ok(chunk.tokenCount <= (strategy.kind === 'static' ? strategy.maxChunkTokens : 400))
          end = chunk.endOffset
        }
      }),
    )
  })
})

describe('static chunks', () => {
  it('have as many tokens as asked, and overlap by as many as asked', () => {
    const document = documentOf(partOf(sentences(100)))
    const chunks = [...chunkText(document, windows(200, 50))]
    for (const [index, chunk] of chunks.slice(0, -1).entries()) {
      assert.equal(countTokens(chunk.text), 200)
      const overlap = chunk.text.slice((chunks[index + 1]?.startOffset ?? 0) - chunk.startOffset)
      assert.equal(countTokens(overlap), 50)
    }
  })

  it('ignore the structure of the document', () => {
    const parts = [
      partOf('Title\n', { kind: 'heading', level: 1 }),
      partOf(sentences(3)),
      partOf(sentences(3)),
    ]
    const chunks = [...chunkText(documentOf(...parts), windows(100, 0))]
    assert.deepEqual(
      chunks.map(({ context }) => context),
      [''],
    )
  })
})

describe('automatic chunks', () => {
  it('keep paragraphs whole and do not overlap', () => {
    const paragraphs = Array.from({ length: 10 }, () => partOf(`${sentences(15)}\n\n`))
    const chunks = [...chunkText(documentOf(...paragraphs), AUTO)]
    assert.ok(chunks.length > 1)
    for (const { text } of chunks) assert.ok(text.endsWith('\n\n') && text.startsWith(SENTENCE))
  })

  it('split a long paragraph at the ends of sentences', () => {
    const chunks = [...chunkText(documentOf(partOf(sentences(200))), AUTO)]
    assert.ok(chunks.length > 3)
    for (const { text } of chunks) assert.ok(text.startsWith(SENTENCE))
  })

  it('carry the headings above them', () => {
    const document = documentOf(
      partOf('Manual\n', { kind: 'heading', level: 1 }),
      partOf(sentences(30)),
      partOf('Install\n', { kind: 'heading', level: 2 }),
      partOf(sentences(45)),
      partOf(sentences(45)),
      partOf('Remove\n', { kind: 'heading', level: 2 }),
      partOf(sentences(30)),
    )
    assert.deepEqual(
      [...chunkText(document, AUTO)].map(({ context, text }) => [context, text.split('\n')[0]?.slice(0, 9)]),
      [
        ['', 'Manual'],
        ['Manual', 'Install'],
        ['Manual > Install', 'The quick'],
        ['Manual', 'Remove'],
      ],
    )
  })

  it('repeat the header of a table that they continue', () => {
    const rows = Array.from({ length: 60 }, (_, row) =>
      partOf(`${row}\t${SENTENCE}\n`, { kind: 'table-row' }),
    )
    const document = documentOf(partOf('Number\tText\n', { kind: 'table-header' }), ...rows, partOf('After.'))
    const chunks = [...chunkText(document, AUTO)]
    assert.ok(chunks.length > 1)
    assert.deepEqual(
      new Set(chunks.slice(1).map(({ context }) => context)),
      new Set(['Number\tText'.replace('\t', ' ')]),
    )
    assert.equal(chunks[0]?.context, '')
  })

  it('split code at blank lines', () => {
    const definition = (name: string) => `function ${name}() {\n${'  call(one, two)\n'.repeat(20)}}\n\n`
    const code = ['one', 'two', 'three', 'four', 'five', 'six'].map(definition).join('')
    for (const { text } of chunkText(documentOf(partOf(code, { kind: 'code' })), AUTO)) {
      assert.ok(text.startsWith('function'), text.slice(0, 40))
    }
  })

  it('begin with each slide', () => {
    const slide = (page: number) => partOf(`${SENTENCE}\n`, { page, pageKind: 'slide' })
    const chunks = [...chunkText(documentOf(slide(1), slide(1), slide(2), slide(3)), AUTO)]
    assert.deepEqual(
      chunks.map(({ page }) => page),
      [1, 2, 3],
    )
  })
})

describe('hostile text', () => {
  const HOSTILE: readonly [string, string][] = [
    ['a run without spaces', 'a'.repeat(1_000_000)],
    ['only spaces', ' '.repeat(1_000_000)],
    ['only full stops', '.'.repeat(1_000_000)],
    ['only line ends', '\n'.repeat(1_000_000)],
    ['a run of ideographs', '漢'.repeat(300_000)],
    ['combining marks', `e${'\u0301'.repeat(300_000)}`],
  ]
  for (const [name, text] of HOSTILE) {
    for (const kind of ['paragraph', 'code'] as const) {
      it(`is split without stalling: ${name}, ${kind}`, { timeout: 60_000 }, () => {
        const document = documentOf(partOf(text, { kind }))
        assert.equal([...withoutOverlaps(chunkText(document, AUTO))].join(''), text)
      })
    }
  }
})
