/** Element with its text, or with its children. Absent children are null. */
export type XmlNode = readonly [
  name: string,
  content: string | number | boolean | readonly (XmlNode | null)[],
  attributes?: Readonly<Record<string, string>>,
]

/** First line of every document. */
export const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML parsers refuse or change these characters.
const SPECIAL = /[&<>"\u0000-\u001f\u007f\ufffe\uffff]/g
const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Returns the XML of a result of S3. */
export function renderResult([name, content]: XmlNode): string {
  return renderPlain([name, content, { xmlns: NAMESPACE }])
}

/** Returns the XML of a node without the namespace of results, as error documents are. */
export function renderPlain(node: XmlNode): string {
  return `${DECLARATION}${renderNode(node)}`
}

/** Returns the element; null for a null text, so that the element is left out. */
export function optional(name: string, text: string | number | boolean | null): XmlNode | null {
  return text === null ? null : [name, text]
}

function renderNode([name, content, attributes = {}]: XmlNode): string {
  const opening = Object.entries(attributes).reduce(
    (tag, [attribute, value]) => `${tag} ${attribute}="${escapeText(value)}"`,
    name,
  )
  const inner =
    typeof content === 'object'
      ? content.map((node) => (node === null ? '' : renderNode(node))).join('')
      : escapeText(String(content))
  return `<${opening}>${inner}</${name}>`
}

function escapeText(text: string): string {
  return text.replace(
    SPECIAL,
    (character) => NAMED[character] ?? `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`,
  )
}
