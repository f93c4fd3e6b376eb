import type { TextChunk } from '../search-index.ts'
import type { ExtractedText, TextPart } from '../text-extractor.ts'
import { countTextTokens, textPieces } from './text-pieces.ts'

const MAX_TOKENS = 400
/** A heading begins a new chunk, unless the chunk before it would be shorter than this. */
const MIN_SECTION_TOKENS = 100
/** Longest heading, and header of a table, that is repeated in the context of chunks. */
const MAX_HEADING_UNITS = 200
const MAX_TABLE_HEADER_UNITS = 1_000

/** Text that stays together: a part of the document, or a piece of a long one. */
interface Unit {
  readonly text: string
  readonly tokens: number
}

interface OpenChunk {
  readonly context: string
  readonly page: number | null
  readonly startOffset: number
  text: string
  tokens: number
}

/**
 * Yields chunks of whole paragraphs, list items, table rows and definitions up to 400 tokens. The context of a chunk is
 * the path of headings above it, and the header of the table that it continues.
 */
export function* autoChunks({ parts }: ExtractedText): Generator<TextChunk> {
  const outline = createOutline()
  let open: OpenChunk | null = null
  let previous: TextPart | null = null
  let index = 0
  let offset = 0
  for (const part of parts) {
    if (open !== null && beginsChunk(part, previous, open)) {
      yield closeChunk(index++, open)
      open = null
    }
    for (const unit of unitsOf(part)) {
      if (open !== null && open.tokens + unit.tokens > MAX_TOKENS) {
        yield closeChunk(index++, open)
        open = null
      }
      open ??= { context: outline.contextOf(part), page: part.page, startOffset: offset, text: '', tokens: 0 }
      open.text += unit.text
      open.tokens += unit.tokens
      offset += unit.text.length
    }
    outline.pass(part)
    previous = part
  }
  if (open !== null) yield closeChunk(index, open)
}

function beginsChunk(part: TextPart, previous: TextPart | null, open: OpenChunk): boolean {
  const isNextPage = previous !== null && part.page !== previous.page
  // A page of a printed document is no unit of its content; a slide, a sheet and a chapter are.
  if (isNextPage && part.pageKind !== null && part.pageKind !== 'page') return true
  const followsHeading = previous?.kind === 'heading'
  return part.kind === 'heading' && !followsHeading && open.tokens >= MIN_SECTION_TOKENS
}

function closeChunk(index: number, { context, page, startOffset, text, tokens }: OpenChunk): TextChunk {
  return { index, text, context, page, startOffset, endOffset: startOffset + text.length, tokenCount: tokens }
}

/** Headings and table header above the current place. */
interface Outline {
  /** Returns the context of a chunk that begins with this part. */
  contextOf(part: TextPart): string
  pass(part: TextPart): void
}

function createOutline(): Outline {
  const headings: { readonly level: number; readonly text: string }[] = []
  let tableHeader = ''
  let isInHeader = false
  return {
    contextOf: (part) => {
      const above = part.kind === 'heading' ? headings.filter(({ level }) => level < levelOf(part)) : headings
      const path = above.map(({ text }) => text).join(' > ')
      return part.kind === 'table-row' && tableHeader !== '' ? `${path}\n${tableHeader}`.trim() : path
    },
    pass: (part) => {
      if (part.kind === 'heading') {
        while ((headings.at(-1)?.level ?? 0) >= levelOf(part)) headings.pop()
        headings.push({ level: levelOf(part), text: shorten(part.text, MAX_HEADING_UNITS) })
      }
      if (part.kind === 'table-header') {
        tableHeader = shorten(isInHeader ? `${tableHeader}\n${part.text}` : part.text, MAX_TABLE_HEADER_UNITS)
      } else if (part.kind !== 'table-row') {
        tableHeader = ''
      }
      isInHeader = part.kind === 'table-header'
    },
  }
}

/** A heading without a level counts as one of the highest. */
const levelOf = (part: TextPart): number => Math.max(1, part.level ?? 1)

function shorten(text: string, maxUnits: number): string {
  return text
    .slice(0, maxUnits)
    .trim()
    .replace(/[ \t]+/g, ' ')
    .toWellFormed()
}

/** Ends of sentences and lines; and blank lines, which separate the definitions of a program. */
const SENTENCE_ENDS = /(?<=[.!?…])\s+|[。！？\n]+\s*/gu
const BLANK_LINES = /\n[ \t]*\n\s*/gu
const LINE_ENDS = /\n/gu

/** Yields the part, or its pieces if it is too long for a chunk. */
function unitsOf(part: TextPart): Generator<Unit> {
  return split(part.text, part.kind === 'code' ? [BLANK_LINES, LINE_ENDS] : [SENTENCE_ENDS])
}

function* split(text: string, separators: readonly RegExp[]): Generator<Unit> {
  if (text === '') return
  const tokens = countTextTokens(text)
  if (tokens <= MAX_TOKENS) {
    yield { text, tokens }
    return
  }
  const [separator, ...rest] = separators
  if (!separator) {
    yield* splitAnywhere(text)
    return
  }
  let start = 0
  for (const match of text.matchAll(separator)) {
    const end = match.index + match[0].length
    yield* split(text.slice(start, end), rest)
    start = end
  }
  yield* split(text.slice(start), rest)
}

function* splitAnywhere(text: string): Generator<Unit> {
  let unit = ''
  let tokens = 0
  for (const piece of textPieces(text)) {
    if (tokens + piece.tokens > MAX_TOKENS) {
      yield { text: unit, tokens }
      unit = ''
      tokens = 0
    }
    unit += piece.text
    tokens += piece.tokens
  }
  if (unit !== '') yield { text: unit, tokens }
}
