import type { TextPart } from '../located-text.ts'
import { heading, part } from '../part.ts'
import { linesOf } from './text.ts'

const FENCE = /^ {0,3}(`{3,100}|~{3,100})/
const ATX_HEADING = /^ {0,3}(#{1,6})(?:[ \t]|$)/
const SETEXT = /^ {0,3}(=+|-+)[ \t]*$/
const LIST_ITEM = /^\s{0,32}(?:[-*+]|\d{1,9}[.)])[ \t]/
const TABLE_DELIMITER = /^[ \t|:-]+$/
const FRONT_MATTER = /^---[ \t]*$/

/**
 * Yields the parts of CommonMark with tables and front matter. The text stays as it is written, except for headings,
 * which lose their marks.
 */
export function* readMarkdown(text: string): Generator<TextPart> {
  const reader = createReader()
  for (const { from, to } of linesOf(text)) yield* reader.line(text.slice(from, to))
  yield* reader.end()
}

/** Collects lines of one block, and yields the block when the next one begins. */
function createReader() {
  let kind: TextPart['kind'] = 'paragraph'
  let lines: string[] = []
  let isFirstLine = true
  let fence: RegExp | null = null

  function* flush(): Generator<TextPart> {
    if (lines.length === 0) return
    yield { ...part('paragraph', ''), kind, text: lines.join('') }
    lines = []
    kind = 'paragraph'
  }

  function* start(next: TextPart['kind'], line: string): Generator<TextPart> {
    yield* flush()
    kind = next
    lines = [line]
  }

  function* line(raw: string): Generator<TextPart> {
    const text = raw.trimEnd()
    const isFirst = isFirstLine
    isFirstLine = false
    if (fence !== null) {
      lines.push(raw)
      if (!fence.test(text)) return
      fence = null
      yield* flush()
      return
    }
    const opened = (isFirst && FRONT_MATTER.test(text) ? '---' : FENCE.exec(text)?.[1]) ?? null
    if (opened !== null) {
      yield* start('code', raw)
      fence = opened === '---' ? /^(---|\.\.\.)$/ : new RegExp(`^ {0,3}\\${opened[0]}{${opened.length},}$`)
      return
    }
    yield* unfencedLine(raw, text)
  }

  function* unfencedLine(raw: string, text: string): Generator<TextPart> {
    const hashes = ATX_HEADING.exec(text)?.[1]
    const previous = lines.at(-1)?.trim() ?? ''
    if (hashes !== undefined) {
      yield* flush()
      yield heading(hashes.length, plainHeading(text))
    } else if (kind === 'paragraph' && previous.includes('|') && isTableDelimiter(text)) {
      const header = lines.pop() ?? ''
      yield* flush()
      yield { ...part('table-header', ''), text: header + raw }
      kind = 'table-row'
    } else if (kind === 'paragraph' && previous !== '' && lines.length === 1 && SETEXT.test(text)) {
      lines = []
      yield heading(text.trim().startsWith('=') ? 1 : 2, previous)
    } else if (kind === 'table-row' && text.includes('|')) {
      yield { ...part('table-row', ''), text: raw }
    } else if (LIST_ITEM.test(raw)) {
      yield* start('list-item', raw)
    } else if (
      text !== '' &&
      (previous === '' || kind === 'table-row') &&
      (lines.length === 0 || !/^\s/.test(raw))
    ) {
      // After a blank line, an indented line continues a list item, and any other line begins a block.
      yield* start('paragraph', raw)
    } else if (lines.length > 0) {
      lines.push(raw)
    } else {
      // A blank line ends a table; after a heading it carries nothing.
      kind = 'paragraph'
    }
  }

  return { line, end: flush }
}

/** Returns the text of a heading without its number signs, in time that is linear for any text. */
function plainHeading(text: string): string {
  const title = text.trim().replace(/^#+/, '')
  let end = title.length
  while (end > 0 && title[end - 1] === '#') end--
  const isClosed = end === 0 || title[end - 1] === ' ' || title[end - 1] === '\t'
  return title.slice(0, isClosed ? end : title.length).trim()
}

function isTableDelimiter(text: string): boolean {
  return text.includes('-') && text.includes('|') && TABLE_DELIMITER.test(text)
}
