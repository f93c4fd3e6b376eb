import type { ActiveContent } from './judge-content.ts'
import { unicode16Of } from './sample-text.ts'

/** Tags that browsers treat as the beginning of HTML (WHATWG MIME Sniffing, section 7.1). */
const HTML_TAGS: ReadonlySet<string> = new Set([
  ...['a', 'b', 'body', 'br', 'div', 'font', 'h1', 'head', 'html', 'iframe', 'p', 'script', 'style'],
  ...['table', 'title'],
])
/** HTML tags that count after an XML declaration; other names may belong to any vocabulary. */
const HTML_TAGS_AFTER_XML: ReadonlySet<string> = new Set(['body', 'head', 'html', 'iframe', 'script'])
const XHTML_NAMESPACE = 'http://www.w3.org/1999/xhtml'

const ROOT = /<(?:[a-z_][\w.-]*:)?([a-z_][\w.-]*)([^>]*)/iy
const DOCTYPE = /<!doctype\s+(?:[\w.-]+:)?([\w.-]+)[^[>]*(?:\[(?:[^\]"']|"[^"]*"|'[^']*')*\]\s*)?>?/iy
const XML_DECLARATION = /^\s*<\?xml\s/i
const XML_ENCODING = /^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/i

export interface Beginning {
  readonly active: ActiveContent | null
  readonly isXml: boolean
}

const NOTHING: Beginning = { active: null, isXml: false }

/**
 * Classifies a file by its beginning, after whitespace, byte order marks, comments, processing instructions and
 * document types, in UTF-8, UTF-16 or the encoding that an XML declaration names.
 */
export function readBeginning(sample: Uint8Array): Beginning {
  const first = sample.find((byte) => !isSkipped(byte))
  if (first !== LESS_THAN && first !== NUMBER_SIGN) return NOTHING
  const text = decode(sample)
  const start = skipBlanks(text, 0)
  if (/^#!(?!AMR|SILK)/.test(text.slice(start, start + 10))) return { active: 'script', isXml: false }
  if (/^<\?(php\b|=)/i.test(text.slice(start, start + 10))) return { active: 'script', isXml: false }
  const isXml = XML_DECLARATION.test(text.slice(start, start + 100))
  return { active: activeMarkup(text, start, isXml), isXml }
}

const LESS_THAN = 0x3c
const NUMBER_SIGN = 0x23

/** Returns true for whitespace, zeros (of UTF-16) and the bytes of byte order marks. */
function isSkipped(byte: number): boolean {
  return (
    byte === 0 ||
    (byte >= 0x09 && byte <= 0x0d) ||
    byte === 0x20 ||
    byte === 0xef ||
    byte === 0xbb ||
    byte === 0xbf ||
    byte >= 0xfe
  )
}

function decode(sample: Uint8Array): string {
  const unicode16 = unicode16Of(sample)
  if (unicode16 !== null) return new TextDecoder(unicode16).decode(sample)
  const text = new TextDecoder('utf-8').decode(sample)
  const label = XML_ENCODING.exec(text)?.[1]
  if (label === undefined || /^(utf|ucs|iso-10646)/i.test(label)) return text
  try {
    return new TextDecoder(label).decode(sample)
  } catch {
    return text
  }
}

function skipBlanks(text: string, from: number): number {
  const blanks = /[\s\ufeff\0]*/y
  blanks.lastIndex = from
  return from + (blanks.exec(text)?.[0].length ?? 0)
}

function activeMarkup(text: string, start: number, isXml: boolean): ActiveContent | null {
  let position = start
  while (text[position] === '<') {
    if (text.startsWith('<!--', position)) {
      const end = /--!?>/g
      end.lastIndex = position + 2
      // Browsers treat an unterminated comment as HTML.
      if (!end.test(text)) return 'html'
      position = end.lastIndex
    } else if (text[position + 1] === '?') {
      const end = text.indexOf('?>', position)
      // In HTML it ends at the first `>`, so an element may follow there.
      const close = text.indexOf('>', position)
      const element = close === -1 ? -1 : text.indexOf('<', close)
      if (element !== -1 && (end === -1 || element < end)) return 'html'
      if (end === -1) return null
      position = end + 2
    } else if (text[position + 1] === '!') {
      DOCTYPE.lastIndex = position
      const [doctype, name] = DOCTYPE.exec(text) ?? []
      if (doctype === undefined) return null
      if (name?.toLowerCase() === 'html') return 'html'
      if (name?.toLowerCase() === 'svg') return 'svg'
      position += doctype.length
    } else {
      return activeRoot(text, position, isXml)
    }
    position = skipBlanks(text, position)
  }
  return null
}

function activeRoot(text: string, position: number, isXml: boolean): ActiveContent | null {
  ROOT.lastIndex = position
  const [, name = '', attributes = ''] = ROOT.exec(text) ?? []
  const tag = name.toLowerCase()
  if (tag === 'svg') return 'svg'
  if (attributes.includes(XHTML_NAMESPACE)) return 'html'
  return (isXml ? HTML_TAGS_AFTER_XML : HTML_TAGS).has(tag) ? 'html' : null
}
