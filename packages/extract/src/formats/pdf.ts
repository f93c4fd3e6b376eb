import { PDFiumLibrary, type PDFiumPage } from '@hyzyla/pdfium'
import type { TextPart } from '../located-text.ts'
import type { OcrOptions, OcrRequest } from '../message.ts'
import { MissingRecognizer } from '../ocr/missing-recognizer.ts'
import { part } from '../part.ts'
import { UnreadableFile } from '../unreadable-file.ts'
import { isScanned, openScannedPages } from './scanned-pages.ts'

/** Mark that PDFium sets where a word is hyphenated at the end of a line. */
const HYPHENATED = /\ufffe(\r?\n)?/g
const SENTENCE_END = /[.!?:;\u3002\uff01\uff1f\u061f]["'\u2019\u201d)\]]?$/
/** A line shorter than this share of the longest line, after the end of a sentence, ends a paragraph. */
const SHORT_LINE = 0.75

/**
 * Yields the paragraphs of a PDF, page by page. With `ocr`, text is recognized in pages without a text layer. Throws
 * `unsupported_file` when there is no text at all, and `needs_ocr` when OCR is deferred and a page needs it.
 */
export async function* readPdf(bytes: Uint8Array, ocr: OcrRequest | null): AsyncGenerator<TextPart> {
  const library = await PDFiumLibrary.init()
  const document = await openDocument(library, bytes)
  const scanned = ocr && openScannedPages(ocr.languages)
  if (ocr !== null) await checkScannedPages(document, ocr)
  let hasText = false
  let failedPages = 0
  const pages = document.getPageCount()
  for (let index = 0; index < pages; index++) {
    const text = await readPage(document, index, async (page) =>
      scanned !== null && isScanned(page) ? scanned.read(page) : page.getText(),
    )
    if (text === null) failedPages++
    for (const paragraph of splitParagraphs(text ?? '')) {
      hasText = true
      yield part('paragraph', paragraph, { page: index + 1, pageKind: 'page' })
    }
  }
  if (hasText) return
  if (pages === 0 || failedPages === pages) throw damaged()
  throw withoutText(ocr)
}

function withoutText(ocr: OcrOptions | null): UnreadableFile {
  const message =
    ocr === null
      ? 'The PDF has no text layer. Run OCR on it and upload the result.'
      : `The PDF has no text layer, and OCR found no text in it. Scan it upright with 300 dpi; the languages are ${ocr.languages.join(', ')}.`
  return new UnreadableFile('unsupported_file', message)
}

/**
 * Throws `invalid_file` when the document has more scanned pages than are read, before OCR takes its time, and
 * `needs_ocr` when it has any and OCR is deferred.
 */
async function checkScannedPages(document: PdfDocument, { maxPages, isDeferred }: OcrRequest): Promise<void> {
  let scannedPages = 0
  for (let index = 0; index < document.getPageCount(); index++) {
    if (await readPage(document, index, isScanned)) scannedPages++
    if (scannedPages <= maxPages) continue
    throw new UnreadableFile(
      'invalid_file',
      `The PDF has more than ${maxPages} scanned pages. Split it and upload the pieces.`,
    )
  }
  if (isDeferred && scannedPages > 0)
    throw new UnreadableFile('needs_ocr', 'The PDF has scanned pages, whose text is recognized later.')
}

type PdfDocument = Awaited<ReturnType<PDFiumLibrary['loadDocument']>>

async function openDocument(library: PDFiumLibrary, bytes: Uint8Array): Promise<PdfDocument> {
  try {
    return await library.loadDocument(bytes)
  } catch (error) {
    const isEncrypted = error instanceof Error && /password|security/i.test(error.message)
    if (!isEncrypted) throw damaged(error)
    throw new UnreadableFile(
      'unsupported_file',
      'The PDF is protected by a password. Remove the password and upload the file again.',
      { cause: error },
    )
  }
}

/** Returns what `read` returns for a page; null when the page is damaged. */
async function readPage<T>(
  document: PdfDocument,
  index: number,
  read: (page: PDFiumPage) => T | Promise<T>,
): Promise<T | null> {
  try {
    return await read(document.getPage(index))
  } catch (error) {
    if (error instanceof MissingRecognizer) throw error
    // A trap of WebAssembly ends the library for good; another error concerns one page.
    if (error instanceof Error && error.name === 'RuntimeError') throw damaged(error)
    return null
  }
}

function damaged(cause?: unknown): UnreadableFile {
  return new UnreadableFile(
    'invalid_file',
    'The PDF is damaged. Open it in a PDF program, save it again and upload the result.',
    { cause },
  )
}

/** Yields the paragraphs of a page. PDF has none: short lines at the end of a sentence and blank lines show them. */
function* splitParagraphs(text: string): Generator<string> {
  const lines = text.replace(HYPHENATED, '').split(/\r?\n/)
  const longest = lines.reduce((longest, line) => Math.max(longest, line.length), 0)
  let paragraph: string[] = []
  for (const line of lines) {
    const trimmed = line.trim()
    if (trimmed !== '') paragraph.push(trimmed)
    const isEnd = trimmed === '' || (trimmed.length < longest * SHORT_LINE && SENTENCE_END.test(trimmed))
    if (!isEnd || paragraph.length === 0) continue
    yield `${paragraph.join('\n')}\n`
    paragraph = []
  }
  if (paragraph.length > 0) yield `${paragraph.join('\n')}\n`
}
