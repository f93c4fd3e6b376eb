import { decodeText } from './decode-text.ts'
import type { FileKind } from './file-kind.ts'
import type { OfficeKind } from './formats/office.ts'
import type { TextPart } from './located-text.ts'
import type { OcrRequest } from './message.ts'

export type Parts = Iterable<TextPart> | AsyncIterable<TextPart>

type Reader = (bytes: Buffer, ocr: OcrRequest | null) => Promise<Parts>

/** Readers by kind. A reader imports its library when it is called, so that a process loads no other. */
const READERS: Readonly<Record<FileKind, Reader>> = {
  code: async (bytes) => (await import('./formats/text.ts')).readBlocks(decodeText(bytes), 'code'),
  csv: async (bytes) => (await import('./formats/csv.ts')).readCsv(decodeText(bytes), null),
  docx: (bytes) => readOffice(bytes, 'docx'),
  eml: async (bytes) => (await import('./formats/eml.ts')).readEmail(bytes),
  epub: async (bytes) => (await import('./formats/epub.ts')).readEpub(bytes),
  html: async (bytes) => (await import('./formats/html.ts')).readHtmlBytes(bytes),
  json: async (bytes) => (await import('./formats/json.ts')).readJson(decodeText(bytes)),
  markdown: async (bytes) => (await import('./formats/markdown.ts')).readMarkdown(decodeText(bytes)),
  odp: (bytes) => readOffice(bytes, 'odp'),
  ods: readWorkbook,
  odt: (bytes) => readOffice(bytes, 'odt'),
  pdf: async (bytes, ocr) => (await import('./formats/pdf.ts')).readPdf(bytes, ocr),
  pptx: (bytes) => readOffice(bytes, 'pptx'),
  rtf: (bytes) => readOffice(bytes, 'rtf'),
  subtitles: async (bytes) => (await import('./formats/subtitles.ts')).readSubtitles(decodeText(bytes)),
  text: async (bytes) => (await import('./formats/text.ts')).readBlocks(decodeText(bytes), 'paragraph'),
  tsv: async (bytes) => (await import('./formats/csv.ts')).readCsv(decodeText(bytes), '\t'),
  xlsx: readWorkbook,
  xml: async (bytes) => (await import('./formats/xml.ts')).readXmlBytes(bytes),
}

async function readOffice(bytes: Buffer, kind: OfficeKind): Promise<Parts> {
  return (await import('./formats/office.ts')).readOffice(bytes, kind)
}

async function readWorkbook(bytes: Buffer): Promise<Parts> {
  return (await import('./formats/workbook.ts')).readWorkbook(bytes)
}

/**
 * Returns the parts of a file. They are raw: `finishParts` gives them their final form. `ocr` is for scans; null reads
 * none.
 * The parts and this function throw `UnreadableFile`, or any error of a library, which means a damaged file.
 */
export function extractParts(kind: FileKind, bytes: Buffer, ocr: OcrRequest | null = null): Promise<Parts> {
  return READERS[kind](bytes, ocr)
}

export function isFileKind(text: string): text is FileKind {
  return Object.hasOwn(READERS, text)
}
