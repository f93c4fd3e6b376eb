import { decodeText } from '../decode-text.ts'
import type { TextPart } from '../located-text.ts'
import { part } from '../part.ts'

const ENCODING = /^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/
const ENTITY = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const ATTRIBUTE = /([^\s=/"'<>]{1,200})\s*=\s*(?:"([^"]*)"|'([^']*)')/g

/** Yields the text of XML in the encoding that it declares. */
export function readXmlBytes(bytes: Buffer): Generator<TextPart> {
  const declared = ENCODING.exec(bytes.toString('latin1', 0, 1024))?.[1] ?? null
  return readXml(decodeText(bytes, declared))
}

/**
 * Yields a paragraph for each run of text. Tags within a run, such as emphasis, belong to it, and attributes of other
 * elements precede the element's text as `name: value`. Entities that the document declares are not expanded, and
 * nothing is refused: damaged XML yields its text.
 */
export function* readXml(text: string): Generator<TextPart> {
  let run = ''
  /** Elements that are open, from the outermost: true when an element has text of its own before its children. */
  const hasText: boolean[] = []
  for (const token of xmlTokens(text)) {
    if (token.type === 'text') {
      run += token.text
      if (hasText.length > 0 && token.text.trim() !== '') hasText[hasText.length - 1] = true
      continue
    }
    if (token.type === 'close') hasText.pop()
    const isInline = hasText.at(-1) === true
    if (token.type === 'open' && !token.isEmpty) hasText.push(false)
    if (isInline) continue
    const attributes = token.type === 'open' ? describeAttributes(token.attributes) : ''
    if (run.trim() !== '') yield part('paragraph', run.trim())
    run = ''
    if (attributes !== '') yield part('paragraph', attributes)
  }
  if (run.trim() !== '') yield part('paragraph', run.trim())
}

function describeAttributes(source: string): string {
  return attributesOf(source)
    .filter(([name, value]) => !name.startsWith('xmlns') && !name.startsWith('xsi:') && value.trim() !== '')
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')
}

/** Returns the attributes in the source of a tag, with their entities decoded. */
export function attributesOf(source: string): [name: string, value: string][] {
  return [...source.matchAll(ATTRIBUTE)].map(([, name = '', double, single]) => [
    name,
    decodeEntities(double ?? single ?? ''),
  ])
}

export type XmlToken =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'open'; readonly name: string; readonly attributes: string; readonly isEmpty: boolean }
  | { readonly type: 'close'; readonly name: string }

/** Yields texts and tags, without comments, instructions and document types. It needs time in proportion to the text. */
export function* xmlTokens(text: string): Generator<XmlToken> {
  let at = 0
  while (at < text.length) {
    const tag = text.indexOf('<', at)
    const end = tag === -1 ? text.length : tag
    if (end > at) yield { type: 'text', text: decodeEntities(text.slice(at, end)) }
    if (tag === -1) return
    const { token, next } = markupAt(text, tag)
    if (token !== null) yield token
    at = next
  }
}

function markupAt(text: string, at: number): { token: XmlToken | null; next: number } {
  if (text.startsWith('<!--', at)) return { token: null, next: after(text, '-->', at + 4) }
  if (text.startsWith('<?', at)) return { token: null, next: after(text, '?>', at + 2) }
  if (text.startsWith('<![CDATA[', at)) {
    const next = after(text, ']]>', at + 9)
    const isClosed = text.endsWith(']]>', next)
    return { token: { type: 'text', text: text.slice(at + 9, isClosed ? next - 3 : next) }, next }
  }
  if (text.startsWith('<!', at)) return { token: null, next: afterDoctype(text, at) }
  const next = afterTag(text, at)
  const source = text.slice(at + 1, next - 1)
  if (source.startsWith('/')) return { token: { type: 'close', name: source.slice(1).trim() }, next }
  const isEmpty = source.endsWith('/')
  const name = /^[^\s/]*/.exec(source)?.[0] ?? ''
  return { token: { type: 'open', name, attributes: source.slice(name.length), isEmpty }, next }
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  return found === -1 ? text.length : found + mark.length
}

/** Returns the position after a tag, whose quoted values may contain `>`. */
function afterTag(text: string, from: number): number {
  let quote: string | null = null
  for (let at = from; at < text.length; at++) {
    const character = text[at] as string
    if (quote !== null) {
      if (character === quote) quote = null
    } else if (character === '"' || character === "'") {
      quote = character
    } else if (character === '>') {
      return at + 1
    }
  }
  return text.length
}

/** Returns the position after a document type, whose internal subset is in brackets. */
function afterDoctype(text: string, from: number): number {
  const end = text.indexOf('>', from)
  const subset = text.indexOf('[', from)
  if (subset === -1 || (end !== -1 && end < subset)) return end === -1 ? text.length : end + 1
  return after(text, '>', after(text, ']', subset))
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(ENTITY, (source, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? source
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd'
  })
}
