import type { TextPart } from '../located-text.ts'
import { part } from '../part.ts'

const MAX_INDENT = 16
/** Size of the beginning in which the lines of JSON Lines are looked for. */
const SAMPLE_UNITS = 1_048_576
const STRING_END = /["\\]/g
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\n', t: '\t', b: '', f: '' }

/**
 * Yields JSON, JSON Lines or any mixture as indented lines, `name: value`, with escapes decoded. A part is one record: an
 * element of the outermost array, a member of the outermost object, or a line of JSON Lines. Nothing is refused: text
 * that is not JSON appears as it is, and depth costs no memory of the call stack.
 */
export function* readJson(text: string): Generator<TextPart> {
  const recordDepth = isLines(text) ? 0 : 1
  let record = ''
  let name: string | null = null
  let depth = 0
  for (const { type, value } of tokensOf(text)) {
    if (type === 'open') {
      if (name !== null) record += lineOf(depth, name, '')
      name = null
      depth++
    } else if (type === 'close') {
      depth = Math.max(0, depth - 1)
    } else if (type === 'name') {
      name = value
    } else if (type === 'value') {
      record += lineOf(depth, name, value)
      name = null
    }
    // A name or an opening bracket never ends a record.
    if (type === 'open' || type === 'name' || depth > recordDepth || record === '') continue
    yield part('paragraph', record)
    record = ''
  }
  if (record !== '') yield part('paragraph', record)
}

/** Tells if the text is JSON Lines: the first line is an object or an array of its own, and another follows. */
function isLines(text: string): boolean {
  const [first = '', second = ''] = text
    .slice(0, SAMPLE_UNITS)
    .split('\n', 2)
    .map((line) => line.trim())
  return /^[{[]/.test(first) && /[}\]]$/.test(first) && /^[{[]/.test(second)
}

function lineOf(depth: number, name: string | null, value: string): string {
  const indent = ' '.repeat(Math.min(MAX_INDENT, Math.max(0, depth - 1)))
  return `${indent}${name === null ? value : `${name}: ${value}`.trimEnd()}\n`
}

interface Token {
  readonly type: 'open' | 'close' | 'name' | 'value'
  readonly value: string
}

function* tokensOf(text: string): Generator<Token> {
  let at = 0
  while (at < text.length) {
    const character = text[at] as string
    if (character === '{' || character === '[') {
      yield { type: 'open', value: '' }
      at++
    } else if (character === '}' || character === ']') {
      yield { type: 'close', value: '' }
      at++
    } else if (isSeparator(character)) {
      at++
    } else {
      const { value, end } = character === '"' ? stringAt(text, at) : wordAt(text, at)
      at = end
      while (isBlank(text[at])) at++
      yield { type: text[at] === ':' ? 'name' : 'value', value }
    }
  }
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t'
}

function isSeparator(character: string): boolean {
  return isBlank(character) || character === ',' || character === ':' || character === '\ufeff'
}

function wordAt(text: string, start: number) {
  let end = start + 1
  for (; end < text.length; end++) {
    const character = text[end] as string
    if (isSeparator(character) || '{}[]"'.includes(character)) break
  }
  return { value: text.slice(start, end), end }
}

function stringAt(text: string, start: number) {
  const pieces: string[] = []
  let from = start + 1
  for (;;) {
    STRING_END.lastIndex = from
    const at = STRING_END.exec(text)?.index ?? text.length
    pieces.push(text.slice(from, at))
    if (text[at] !== '\\') return { value: pieces.join(''), end: at + 1 }
    const code = text[at + 1] ?? ''
    const hex = code === 'u' ? text.slice(at + 2, at + 6) : ''
    const isUnicode = /^[0-9a-f]{4}$/i.test(hex)
    pieces.push(isUnicode ? String.fromCharCode(Number.parseInt(hex, 16)) : (SIMPLE_ESCAPES[code] ?? code))
    from = at + (isUnicode ? 6 : 2)
  }
}
