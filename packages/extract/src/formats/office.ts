import { type OfficeContentNode, OfficeParser } from 'officeparser'
import type { TextPart } from '../located-text.ts'
import { heading, type Place, part, row } from '../part.ts'
import { readZip } from '../read-zip.ts'

export type OfficeKind = 'docx' | 'odp' | 'odt' | 'pptx' | 'rtf'

/** Nodes that end a paragraph; all others are text within it. */
const BLOCKS: ReadonlySet<OfficeContentNode['type']> = new Set([
  ...(['admonition', 'cell', 'code', 'definitionDescription', 'definitionTerm', 'heading', 'list'] as const),
  ...(['page', 'paragraph', 'row', 'slide', 'table'] as const),
])

/** Yields the text of a document or presentation: paragraphs, headings, lists, tables, and notes where they belong. */
export async function* readOffice(bytes: Buffer, kind: OfficeKind): AsyncGenerator<TextPart> {
  if (kind !== 'rtf') await readZip(bytes, () => false)
  const { content } = await OfficeParser.parseOffice(bytes, {
    fileType: kind,
    ignoreHeadersAndFooters: true,
    ignoreSlideMasters: true,
  })
  for (const node of content) yield* readNode(node, null)
}

function* readNode(node: OfficeContentNode, place: Place | null): Generator<TextPart> {
  const inside = placeOf(node, place)
  if (node.type === 'table') yield* readTable(node, inside)
  else if (isContainer(node)) for (const child of node.children ?? []) yield* readNode(child, inside)
  else yield* readParagraph(node, inside)
  yield* readNotes(node, inside)
}

function placeOf(node: OfficeContentNode, place: Place | null): Place | null {
  if (node.type !== 'slide') return place
  return { page: node.metadata?.slideNumber ?? 1, pageKind: 'slide' }
}

function isContainer(node: OfficeContentNode): boolean {
  if (node.type === 'slide' || node.type === 'page') return true
  return node.children?.some((child) => BLOCKS.has(child.type)) === true
}

function* readParagraph(node: OfficeContentNode, place: Place | null): Generator<TextPart> {
  const text = textOf(node).trim()
  if (text === '') return
  if (node.type === 'heading') yield heading(node.metadata?.level ?? 1, text, place)
  else if (node.type === 'list') yield part('list-item', text, place)
  else if (node.type === 'code') yield part('code', text, place)
  else if (node.type === 'note' || node.type === 'comment') yield part('note', text, place)
  else yield part('paragraph', text, place)
}

function* readTable(table: OfficeContentNode, place: Place | null): Generator<TextPart> {
  let isHeader = true
  for (const { type, children } of table.children ?? []) {
    if (type !== 'row') continue
    const cells = (children ?? []).filter((child) => child.type === 'cell')
    const part = row(cells.map(textOf), isHeader, place)
    if (part === null) continue
    isHeader = false
    yield part
  }
}

/** Yields the notes and comments of a node and of the text in it, after the node. */
function* readNotes(node: OfficeContentNode, place: Place | null): Generator<TextPart> {
  const isLeaf = node.type === 'table' || !isContainer(node)
  for (const owner of isLeaf ? descendantsOf(node) : [node]) {
    for (const note of [...(owner.notes ?? []), ...(owner.comments ?? [])]) {
      const text = textOf(note).trim()
      if (text !== '') yield part('note', text, place)
    }
  }
}

/** Returns the text of a node: its own, or that of its children, with line breaks between paragraphs. */
function textOf(node: OfficeContentNode): string {
  const { children } = node
  if (node.type === 'break') return '\n'
  if (!children || children.length === 0) return node.text ?? ''
  return children.map((child) => textOf(child) + (BLOCKS.has(child.type) ? '\n' : '')).join('')
}

function* descendantsOf(node: OfficeContentNode): Generator<OfficeContentNode> {
  yield node
  for (const child of node.children ?? []) yield* descendantsOf(child)
}
