import { decodeText } from '../decode-text.ts'
import type { TextPart } from '../located-text.ts'
import { readZip } from '../read-zip.ts'
import { UnreadableFile } from '../unreadable-file.ts'
import { readHtml } from './html.ts'
import { attributesOf, xmlTokens } from './xml.ts'

const CONTAINER = 'META-INF/container.xml'
const RIGHTS = 'META-INF/rights.xml'
const TEXT_ENTRY = /\.(opf|x?html?|xml)$/i

/** Yields the chapters of a book in the order of its spine (EPUB 3.3, section 5.7). */
export async function* readEpub(bytes: Buffer): AsyncGenerator<TextPart> {
  const entries = await readZip(bytes, (name) => TEXT_ENTRY.test(name))
  if (entries.has(RIGHTS)) throw protectedBook()
  const packagePath = pathOfPackage(textOf(entries, CONTAINER))
  const chapters = packagePath === null ? [] : chaptersOf(textOf(entries, packagePath), packagePath)
  if (chapters.length === 0) throw damagedBook()
  for (const [index, path] of chapters.entries()) {
    const html = textOf(entries, path)
    yield* readHtml(html, { page: index + 1, pageKind: 'chapter' })
  }
}

function textOf(entries: ReadonlyMap<string, Buffer>, path: string): string {
  const bytes = entries.get(path)
  return bytes === undefined ? '' : decodeText(bytes)
}

function pathOfPackage(container: string): string | null {
  for (const element of elementsOf(container)) {
    if (element.name === 'rootfile') return element.attributes.get('full-path') ?? null
  }
  return null
}

/** Returns the paths of the chapters; the manifest gives each id its file, and the spine gives the order. */
function chaptersOf(source: string, packagePath: string): string[] {
  const files = new Map<string, string>()
  const spine: string[] = []
  for (const { name, attributes } of elementsOf(source)) {
    if (name === 'item') files.set(attributes.get('id') ?? '', attributes.get('href') ?? '')
    if (name === 'itemref') spine.push(attributes.get('idref') ?? '')
  }
  const base = new URL(packagePath, 'file:///').href
  return spine
    .map((id) => files.get(id))
    .filter((href) => href !== undefined && href !== '')
    .map((href) => URL.parse(href as string, base)?.pathname ?? '')
    .map((path) => decodePath(path.slice(1)))
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Yields the elements, with names that lack their namespace prefix. */
function* elementsOf(xml: string) {
  for (const token of xmlTokens(xml)) {
    if (token.type !== 'open') continue
    const name = token.name.slice(token.name.indexOf(':') + 1)
    yield { name, attributes: new Map(attributesOf(token.attributes)) }
  }
}

function protectedBook(): UnreadableFile {
  return new UnreadableFile(
    'unsupported_file',
    'The book is protected by digital rights management. Upload a copy without this protection.',
  )
}

function damagedBook(): UnreadableFile {
  return new UnreadableFile(
    'invalid_file',
    'The book has no list of chapters. Convert it with an e-book program and upload the result.',
  )
}
