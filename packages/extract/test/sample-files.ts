// Builders of small files of each format, without the programs that usually write them.
import { constants, deflateRawSync, deflateSync } from 'node:zlib'
import { PDFiumLibrary } from '@hyzyla/pdfium'
import { strToU8, type Zippable, zipSync } from 'fflate'

export function zipOf(entries: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const zippable: Zippable = {}
  for (const [name, content] of Object.entries(entries))
    zippable[name] = typeof content === 'string' ? strToU8(content) : content
  return Buffer.from(zipSync(zippable))
}

/** Returns a PDF; each page is the list of its lines. `extra` is added to the trailer. */
export function pdfOf(pages: readonly (readonly string[])[], extra = ''): Buffer {
  const contents = pages.map((lines) => {
    const shown = lines.map((line) => `(${line.replace(/[()\\]/g, '\\$&')}) Tj T*`)
    return Buffer.from(`BT /F1 10 Tf 14 TL 50 750 Td ${shown.join(' ')} ET`, 'latin1')
  })
  return pdfOfContents(contents, '/Font << /F1 3 0 R >>', extra)
}

/** Returns a PDF with one grey image and no text, as a scanner writes it. */
export function scanOf(pixels: number): Buffer {
  return imagesPdfOf([{ width: pixels, height: pixels, data: Buffer.alloc(pixels * pixels, 0x80) }])
}

/** Grey image with one byte per pixel, row by row. */
export interface GreyImage {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** Returns a PDF with an image on each page and no text. */
export function imagesPdfOf(images: readonly GreyImage[]): Buffer {
  const contents = images.map((_, index) => Buffer.from(`q 612 0 0 792 0 0 cm /Im${index} Do Q`))
  const first = 4 + 2 * images.length
  const names = images.map((_, index) => `/Im${index} ${first + index} 0 R`)
  const streams = images.map(({ width, height, data }) => {
    const samples = deflateSync(data)
    const image = `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode /Length ${samples.length} >>`
    return streamOf(image, samples)
  })
  return pdfOfContents(contents, `/XObject << ${names.join(' ')} >>`, '', streams)
}

/** Returns a PDF with the pages of another one as a scanner writes them: an image with 200 dpi, and no text. */
export async function scanOfPdf(bytes: Buffer): Promise<Buffer> {
  const library = await PDFiumLibrary.init()
  const document = await library.loadDocument(bytes)
  const pages = [...document.pages()]
  const images = await Promise.all(
    pages.map((page) => page.render({ scale: 200 / 72, colorSpace: 'Gray', render: 'bitmap' })),
  )
  return imagesPdfOf(images)
}

/** Returns a PDF of one page whose content is compressed: `sizeBytes` of the same text command. */
export function pdfBombOf(sizeBytes: number): Buffer {
  const line = '(bomb) Tj T* '
  const text = `BT /F1 10 Tf 14 TL 50 750 Td ${line.repeat(Math.ceil(sizeBytes / line.length))} ET`
  const content = deflateSync(Buffer.from(text))
  return pdfOfContents([content], '/Font << /F1 3 0 R >>', '', [], '/Filter /FlateDecode')
}

function pdfOfContents(
  contents: readonly Buffer[],
  resources: string,
  trailer: string,
  more: readonly Buffer[] = [],
  filter = '',
): Buffer {
  const kids = contents.map((_, index) => `${4 + 2 * index} 0 R`).join(' ')
  const objects: Buffer[] = [
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from(`<< /Type /Pages /Kids [${kids}] /Count ${contents.length} >>`),
    Buffer.from('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>'),
  ]
  for (const [index, content] of contents.entries()) {
    const page = `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${5 + 2 * index} 0 R /Resources << ${resources} >> >>`
    objects.push(Buffer.from(page), streamOf(`<< /Length ${content.length} ${filter} >>`, content))
  }
  return assemblePdf([...objects, ...more], trailer)
}

function streamOf(dictionary: string, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${dictionary}\nstream\n`), content, Buffer.from('\nendstream')])
}

function assemblePdf(objects: readonly Buffer[], trailer: string): Buffer {
  const chunks = [Buffer.from('%PDF-1.4\n')]
  let position = chunks[0]?.length ?? 0
  const offsets = objects.map((object, index) => {
    const chunk = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')])
    chunks.push(chunk)
    position += chunk.length
    return position - chunk.length
  })
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const end = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer << /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${position}\n%%EOF\n`
  return Buffer.concat([...chunks, Buffer.from(end)])
}

/** Entries of a trailer that require a password, which no password satisfies. */
export const PDF_ENCRYPTION = `/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <${'41'.repeat(32)}> /U <${'42'.repeat(32)}> >> /ID [<41><41>]`

const XML = '<?xml version="1.0" encoding="UTF-8"?>'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'

function relationships(targets: readonly (readonly [id: string, type: string, target: string])[]): string {
  const items = targets.map(
    ([id, type, target]) => `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`,
  )
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${items.join('')}</Relationships>`
}

function contentTypes(overrides: readonly (readonly [part: string, type: string])[]): string {
  const items = overrides.map(
    ([part, type]) =>
      `<Override PartName="${part}" ContentType="application/vnd.openxmlformats-officedocument.${type}+xml"/>`,
  )
  return `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${items.join('')}</Types>`
}

/** Returns a DOCX with the WordprocessingML of its body, and the text of a footnote with id 1. */
export function docxOf(body: string, footnote = '', more: Readonly<Record<string, Buffer>> = {}): Buffer {
  const w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
  const styles = [1, 2].map(
    (level) =>
      `<w:style w:type="paragraph" w:styleId="Heading${level}"><w:name w:val="heading ${level}"/></w:style>`,
  )
  return zipOf({
    '[Content_Types].xml': contentTypes([
      ['/word/document.xml', 'wordprocessingml.document.main'],
      ['/word/styles.xml', 'wordprocessingml.styles'],
      ['/word/footnotes.xml', 'wordprocessingml.footnotes'],
    ]),
    '_rels/.rels': relationships([['rId1', 'officeDocument', 'word/document.xml']]),
    'word/_rels/document.xml.rels': relationships([
      ['rId1', 'styles', 'styles.xml'],
      ['rId2', 'footnotes', 'footnotes.xml'],
    ]),
    'word/document.xml': `${XML}<w:document ${w}><w:body>${body}</w:body></w:document>`,
    'word/styles.xml': `${XML}<w:styles ${w}>${styles.join('')}</w:styles>`,
    'word/footnotes.xml': `${XML}<w:footnotes ${w}><w:footnote w:id="1"><w:p><w:r><w:t>${footnote}</w:t></w:r></w:p></w:footnote></w:footnotes>`,
    ...more,
  })
}

/** Returns an XLSX of one sheet, with its SpreadsheetML. */
export function xlsxOf(sheet: string): Buffer {
  const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
  const r = `xmlns:r="${OFFICE}"`
  return zipOf({
    '[Content_Types].xml': contentTypes([
      ['/xl/workbook.xml', 'spreadsheetml.sheet.main'],
      ['/xl/worksheets/sheet1.xml', 'spreadsheetml.worksheet'],
    ]),
    '_rels/.rels': relationships([['rId1', 'officeDocument', 'xl/workbook.xml']]),
    'xl/_rels/workbook.xml.rels': relationships([['rId1', 'worksheet', 'worksheets/sheet1.xml']]),
    'xl/workbook.xml': `${XML}<workbook ${main} ${r}><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/worksheets/sheet1.xml': XML + sheet.replace('<worksheet>', `<worksheet ${main}>`),
  })
}

export function wordParagraph(text: string, heading = 0, more = ''): string {
  const style = heading === 0 ? '' : `<w:pPr><w:pStyle w:val="Heading${heading}"/></w:pPr>`
  return `<w:p>${style}<w:r><w:t xml:space="preserve">${text}</w:t></w:r>${more}</w:p>`
}

export function wordTable(rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[]) => row.map((cell) => `<w:tc>${wordParagraph(cell)}</w:tc>`).join('')
  return `<w:tbl>${rows.map((row) => `<w:tr>${cells(row)}</w:tr>`).join('')}</w:tbl>`
}

/** Returns a PPTX; each slide has a title, paragraphs, and notes unless they are empty. */
export function pptxOf(
  slides: readonly { readonly texts: readonly string[]; readonly notes: string }[],
): Buffer {
  const ns =
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
  const shape = (texts: readonly string[], holder: string) =>
    `<p:sp><p:nvSpPr><p:cNvPr id="2" name="x"/><p:cNvSpPr/><p:nvPr>${holder}</p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>${texts.map((text) => `<a:p><a:r><a:t>${text}</a:t></a:r></a:p>`).join('')}</p:txBody></p:sp>`
  const entries: Record<string, string> = {
    '_rels/.rels': relationships([['rId1', 'officeDocument', 'ppt/presentation.xml']]),
    'ppt/presentation.xml': `${XML}<p:presentation ${ns}><p:sldIdLst>${slides.map((_, index) => `<p:sldId id="${256 + index}" r:id="rId${index + 1}"/>`).join('')}</p:sldIdLst></p:presentation>`,
    'ppt/_rels/presentation.xml.rels': relationships(
      slides.map((_, index) => [`rId${index + 1}`, 'slide', `slides/slide${index + 1}.xml`] as const),
    ),
  }
  const overrides: [string, string][] = [['/ppt/presentation.xml', 'presentationml.presentation.main']]
  for (const [index, { texts, notes }] of slides.entries()) {
    const number = index + 1
    overrides.push([`/ppt/slides/slide${number}.xml`, 'presentationml.slide'])
    entries[`ppt/slides/slide${number}.xml`] =
      `${XML}<p:sld ${ns}><p:cSld><p:spTree>${shape(texts.slice(0, 1), '<p:ph type="title"/>')}${shape(texts.slice(1), '')}</p:spTree></p:cSld></p:sld>`
    if (notes === '') continue
    overrides.push([`/ppt/notesSlides/notesSlide${number}.xml`, 'presentationml.notesSlide'])
    entries[`ppt/slides/_rels/slide${number}.xml.rels`] = relationships([
      ['rId1', 'notesSlide', `../notesSlides/notesSlide${number}.xml`],
    ])
    entries[`ppt/notesSlides/notesSlide${number}.xml`] =
      `${XML}<p:notes ${ns}><p:cSld><p:spTree>${shape([notes], '<p:ph type="body" idx="1"/>')}</p:spTree></p:cSld></p:notes>`
    entries[`ppt/notesSlides/_rels/notesSlide${number}.xml.rels`] = relationships([
      ['rId1', 'slide', `../slides/slide${number}.xml`],
    ])
  }
  return zipOf({ '[Content_Types].xml': contentTypes(overrides), ...entries })
}

/** Returns an ODF document with the XML of its body, and more of its manifest. */
export function openDocumentOf(
  type: 'text' | 'presentation' | 'spreadsheet',
  body: string,
  manifest = '',
): Buffer {
  const mediaType = `application/vnd.oasis.opendocument.${type}`
  const names = ['office', 'text', 'table', 'presentation', 'style'].map(
    (name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`,
  )
  const drawing = 'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
  return zipOf({
    mimetype: mediaType,
    'styles.xml': `${XML}<office:document-styles ${names[0]} office:version="1.3"/>`,
    'META-INF/manifest.xml': `${XML}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="${mediaType}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">${manifest}</manifest:file-entry></manifest:manifest>`,
    'content.xml': `${XML}<office:document-content ${names.join(' ')} ${drawing} office:version="1.3"><office:body><office:${type}>${body}</office:${type}></office:body></office:document-content>`,
  })
}

/** Returns an EPUB; each chapter is the XHTML of its body. Files are named so that only the spine has their order. */
export function epubOf(chapters: readonly string[], more: Readonly<Record<string, string>> = {}): Buffer {
  const names = chapters.map((_, index) => `chapter ${chapters.length - index}.xhtml`)
  const items = names.map(
    (name, index) => `<item id="c${index}" href="${encodeURI(name)}" media-type="application/xhtml+xml"/>`,
  )
  const spine = names.map((_, index) => `<itemref idref="c${index}"/>`)
  return zipOf({
    mimetype: 'application/epub+zip',
    'META-INF/container.xml': `${XML}<container><rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`,
    'OEBPS/book.opf': `${XML}<package><manifest>${items.reverse().join('')}</manifest><spine>${spine.join('')}</spine></package>`,
    ...Object.fromEntries(
      chapters.map((body, index) => [
        `OEBPS/${names[index]}`,
        `${XML}<html xmlns="http://www.w3.org/1999/xhtml"><body>${body}</body></html>`,
      ]),
    ),
    ...more,
  })
}

/** Entry of `rawZipOf`: compressed bytes, and what the archive says of them. */
export interface RawEntry {
  readonly name: string
  /** A DEFLATE stream. */
  readonly deflated: Buffer
  readonly declaredBytes: number
}

/** Returns a ZIP archive whose entries are not checked. All entries of one object share its bytes. */
export function rawZipOf(entries: readonly RawEntry[]): Buffer {
  const offsets = new Map<RawEntry, number>()
  const files: Buffer[] = []
  let position = 0
  const directory = entries.map((entry) => {
    const name = Buffer.from(entry.name)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(entry.deflated.length, 14)
    fields.writeUInt32LE(entry.declaredBytes, 18)
    fields.writeUInt16LE(name.length, 22)
    if (!offsets.has(entry)) {
      offsets.set(entry, position)
      const file = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, entry.deflated])
      files.push(file)
      position += file.length
    }
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offsets.get(entry) ?? 0, 10)
    return Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), fields, tail, name])
  })
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(
    directory.reduce((bytes, item) => bytes + item.length, 0),
    8,
  )
  end.writeUInt32LE(position, 12)
  return Buffer.concat([...files, ...directory, Buffer.from('PK\x05\x06'), end])
}

/** Returns a DEFLATE stream of `megabytes` MiB of zeros, in about a thousandth of their size. */
export function deflatedZeros(megabytes: number): Buffer {
  const options = { finishFlush: constants.Z_FULL_FLUSH, level: 9 }
  // A block that ends with a full flush refers to nothing before it, so that it can be repeated.
  const block = deflateRawSync(Buffer.alloc(16 * 1024 * 1024), options)
  const blocks = Array.from({ length: Math.ceil(megabytes / 16) }, () => block)
  return Buffer.concat([...blocks, deflateRawSync(Buffer.alloc(0))])
}
