import { XMLParser } from 'fast-xml-parser'
import { problem, type S3Problem } from '../problem.ts'

/** Element of a request; its text is '' where it has children. Other elements of the same name follow in the list. */
export interface XmlElement {
  readonly text: string
  /** Children by their names without namespace prefixes. */
  readonly children: ReadonlyMap<string, readonly XmlElement[]>
}

/**
 * Largest request document. A completion with 10,000 parts and their checksums has up to 3 MB, and a deletion of 1,000 keys
 * with 1,024 quotes each 6.3 MB.
 */
export const MAX_XML_BYTES = 8 * 1024 * 1024
/** Largest number of tags: the completion has up to 100,000. Each takes time that blocks the process. */
const MAX_TAGS = 150_000

const UTF8 = new TextDecoder('utf-8', { fatal: true })
const TEXT = '#text'
const CDATA = '#cdata'
/** Deepest document of S3 that the service reads has 3 levels. */
const MAX_DEPTH = 10
const parser = new XMLParser({
  ignoreAttributes: true,
  // References are resolved here: those of a DTD could multiply.
  processEntities: false,
  parseTagValue: false,
  trimValues: false,
  removeNSPrefix: true,
  cdataPropName: CDATA,
  textNodeName: TEXT,
  maxNestedTags: MAX_DEPTH,
  isArray: () => true,
})
const ENTITIES = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }))

/** Returns the root element of a request, which must have this name. A problem is `MalformedXML`. */
export function parseXml(body: Uint8Array, rootName: string): XmlElement | S3Problem {
  if (body.byteLength > MAX_XML_BYTES) return malformedXml('The document is too large.')
  try {
    const source = UTF8.decode(body)
    if (source.split('<', MAX_TAGS + 2).length > MAX_TAGS + 1)
      return malformedXml('The document is too large.')
    if (source.includes('<!DOCTYPE')) return malformedXml('A document type declaration is not allowed.')
    const { '?xml': _declaration, ...roots } = parser.parse(source, true)
    const [root, ...others] = Array.isArray(roots[rootName]) ? roots[rootName] : []
    const isAlone = others.length === 0 && Object.keys(roots).length === 1
    if (root === undefined || !isAlone) return malformedXml(`The root element must be ${rootName}.`)
    return elementOf(root)
  } catch {
    return malformedXml()
  }
}

/** Returns the problem of a document that does not have the form of its request. */
export function malformedXml(detail = ''): S3Problem {
  const rule = 'The XML you provided was not well-formed or did not validate against our published schema.'
  return problem('MalformedXML', detail === '' ? rule : `${rule} ${detail}`)
}

/** Returns the text of the child with this name; null when there is none, or more than one, or it has children. */
export function childText(element: XmlElement, name: string): string | null {
  const found = element.children.get(name) ?? []
  const [child] = found
  return found.length !== 1 || child === undefined || child.children.size > 0 ? null : child.text
}

/** Converts what the parser returns: a string, or an object of arrays. Throws for unknown references. */
function elementOf(parsed: unknown): XmlElement {
  if (typeof parsed === 'string') return { text: decodeReferences(parsed), children: new Map() }
  const { [TEXT]: text, [CDATA]: sections, ...children } = parsed as Readonly<Record<string, unknown>>
  if (sections !== undefined) return { text: cdataOf(sections, text, children), children: new Map() }
  const entries = Object.entries(children).map(
    ([name, list]) => [name, (list as readonly unknown[]).map(elementOf)] as const,
  )
  return {
    text: entries.length === 0 && text !== undefined ? decodeReferences(String(text)) : '',
    children: new Map(entries),
  }
}

/**
 * Returns the text of an element that has CDATA. Throws when it has anything else: the parser does not tell the order.
 */
function cdataOf(sections: unknown, text: unknown, children: object): string {
  const isAlone = (text ?? '') === '' && Object.keys(children).length === 0
  if (!isAlone) throw new Error('CDATA stands beside other content')
  return (sections as readonly unknown[]).map(String).join('')
}

/** Replaces references in one pass over the text. A document may have a million of them. */
function decodeReferences(text: string): string {
  let decoded = ''
  let end = 0
  for (let start = text.indexOf('&'); start !== -1; start = text.indexOf('&', end)) {
    decoded += text.slice(end, start)
    end = text.indexOf(';', start) + 1
    decoded += characterOf(end === 0 ? '' : text.slice(start + 1, end - 1))
  }
  return end === 0 ? text : decoded + text.slice(end)
}

/** Returns the character of a reference without its `&` and `;`. Throws for an unknown one. */
function characterOf(reference: string): string {
  const named = ENTITIES.get(reference)
  if (named !== undefined) return named
  const code = /^#x[0-9a-fA-F]{1,6}$/.test(reference)
    ? Number.parseInt(reference.slice(2), 16)
    : /^#[0-9]{1,7}$/.test(reference)
      ? Number(reference.slice(1))
      : Number.NaN
  const isSurrogate = code >= 0xd800 && code <= 0xdfff
  if (!(code <= 0x10ffff) || isSurrogate) throw new Error('the reference is unknown')
  return String.fromCodePoint(code)
}
