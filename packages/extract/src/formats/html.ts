import { type Token, Tokenizer, TokenizerMode } from 'parse5'
import { decodeText } from '../decode-text.ts'
import type { TextPart } from '../located-text.ts'
import { heading, type Place, part, row } from '../part.ts'

/** Elements whose content is no text of the document; the tokenizer reads them up to their end tag. */
const RAW: Readonly<Record<string, (typeof TokenizerMode)[keyof typeof TokenizerMode]>> = {
  iframe: TokenizerMode.RAWTEXT,
  noembed: TokenizerMode.RAWTEXT,
  noframes: TokenizerMode.RAWTEXT,
  script: TokenizerMode.SCRIPT_DATA,
  style: TokenizerMode.RAWTEXT,
  textarea: TokenizerMode.RCDATA,
  title: TokenizerMode.RCDATA,
  xmp: TokenizerMode.RAWTEXT,
}
const INVISIBLE: ReadonlySet<string> = new Set(['iframe', 'noembed', 'noframes', 'script', 'style'])

/** Elements that separate paragraphs. */
const BLOCKS: ReadonlySet<string> = new Set([
  ...[
    'address',
    'article',
    'aside',
    'blockquote',
    'body',
    'caption',
    'center',
    'dd',
    'details',
    'dialog',
    'dir',
  ],
  ...[
    'div',
    'dl',
    'dt',
    'fieldset',
    'figcaption',
    'figure',
    'footer',
    'form',
    'head',
    'header',
    'hgroup',
    'hr',
  ],
  ...[
    'html',
    'legend',
    'li',
    'main',
    'menu',
    'nav',
    'ol',
    'option',
    'p',
    'pre',
    'search',
    'section',
    'select',
  ],
  ...['summary', 'table', 'tbody', 'td', 'template', 'textarea', 'tfoot', 'th', 'thead', 'title', 'tr', 'ul'],
])
const HEADING = /^h([1-6])$/
const META_CHARSET = /<meta[^>]{0,300}?charset\s{0,5}=\s{0,5}["']?\s{0,5}([\w.:-]{1,40})/i

/** Yields the text of HTML in the encoding that it declares. */
export function readHtmlBytes(bytes: Buffer): Iterable<TextPart> {
  const declared = META_CHARSET.exec(bytes.toString('latin1', 0, 4096))?.[1] ?? null
  return readHtml(decodeText(bytes, declared))
}

/**
 * Returns the parts of HTML or XHTML. It reads tags in their order and builds no tree, so that any depth and any errors
 * take time and memory in proportion to the text.
 */
export function readHtml(html: string, place: Place | null = null): TextPart[] {
  const builder = createBuilder(place)
  const tokenizer: Tokenizer = new Tokenizer(
    { sourceCodeLocationInfo: false },
    {
      onStartTag(tag) {
        builder.startTag(tag)
        const mode = RAW[tag.tagName]
        if (mode !== undefined && !tag.selfClosing) tokenizer.state = mode
      },
      onEndTag: (tag) => builder.endTag(tag.tagName),
      onCharacter: (token) => builder.text(token.chars),
      onWhitespaceCharacter: (token) => builder.text(token.chars),
      onNullCharacter() {},
      onComment() {},
      onDoctype() {},
      onEof() {},
    },
  )
  tokenizer.write(html, true)
  return builder.end()
}

type Block = { readonly kind: 'paragraph' | 'list-item' | 'code' | 'heading'; readonly level: number }

const PARAGRAPH: Block = { kind: 'paragraph', level: 0 }

/** Collects the text of one block at a time; cells of a table are collected into a row. */
function createBuilder(place: Place | null) {
  const parts: TextPart[] = []
  let block: Block = PARAGRAPH
  let pieces: string[] = []
  /** Cells of the open row; null outside of tables. */
  let cells: string[] | null = null
  let isHeaderRow = true
  let isHeaderSection = false
  let invisible: string | null = null
  let hasTitle = false

  function flush(next: Block = PARAGRAPH): void {
    const raw = pieces.join('')
    pieces = []
    if (raw.trim() !== '') {
      const text =
        block.kind === 'code'
          ? raw.replace(/^\n/, '')
          : raw
              .replace(/[ \t\n\r\f]+/g, ' ')
              .replaceAll('\v', '\n')
              .trim()
      if (cells !== null) cells[cells.length - 1] = `${cells.at(-1) ?? ''} ${text}`
      else if (block.kind === 'heading') parts.push(heading(block.level, text, place))
      else parts.push(part(block.kind, text, place))
    }
    block = next
  }

  function flushRow(): void {
    flush()
    const part = cells && row(cells, isHeaderRow || isHeaderSection, place)
    if (part) parts.push(part)
    cells = null
  }

  function startTag({ tagName: name, selfClosing }: Token.TagToken): void {
    const level = HEADING.exec(name)?.[1]
    if (INVISIBLE.has(name) && !selfClosing) invisible = name
    else if (name === 'br') pieces.push(block.kind === 'code' ? '\n' : '\v')
    else if (level !== undefined) flush({ kind: 'heading', level: Number(level) })
    else if (name === 'title' && !hasTitle) startTitle()
    else if (name === 'li') flush({ kind: 'list-item', level: 0 })
    else if (name === 'pre') flush({ kind: 'code', level: 0 })
    else if (name === 'tr' || name === 'table') flushRow()
    else if (name === 'td' || name === 'th') startCell(name)
    else if (name === 'thead') isHeaderSection = true
    else if (BLOCKS.has(name)) startBlock()
  }

  /** A later title is one of a drawing. */
  function startTitle(): void {
    hasTitle = true
    flush({ kind: 'heading', level: 1 })
  }

  function startBlock(): void {
    const isStillBlank = pieces.every((piece) => piece.trim() === '')
    // The first paragraph of a list item is the item.
    flush(isStillBlank && block.kind === 'list-item' ? block : PARAGRAPH)
  }

  function startCell(name: string): void {
    flush()
    if (cells === null) {
      cells = []
      isHeaderRow = true
    }
    if (name === 'td') isHeaderRow = false
    cells.push('')
  }

  function endTag(name: string): void {
    if (name === invisible) invisible = null
    else if (name === 'tr' || name === 'table') flushRow()
    else if (name === 'thead') {
      flushRow()
      isHeaderSection = false
    } else if (HEADING.test(name) || BLOCKS.has(name)) flush()
  }

  return {
    startTag,
    endTag,
    text(text: string): void {
      if (invisible === null) pieces.push(text)
    },
    end(): TextPart[] {
      flushRow()
      return parts
    },
  }
}
