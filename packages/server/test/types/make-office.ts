import { createRequire } from 'node:module'
import writeExcelFile from 'write-excel-file/node'
import * as sample from '../api/sample-files.ts'
import { DOCX, PPTX } from '../api/sample-files.ts'
import { zipFile } from '../api/zip-file.ts'
import type { Made } from './make-files.ts'

const officeCrypto: typeof import('officecrypto-tool') = createRequire(import.meta.url)('officecrypto-tool')

const MACRO_DOC = 'application/vnd.ms-word.document.macroEnabled'

/** Creates Office files, some with a password: these are compound files. */
export async function makeOffice(): Promise<Made> {
  const xlsx = await writeExcelFile([[{ value: 'Größe' }, { value: 1 }]]).toBuffer()
  const docx = sample.officeFile(DOCX, 'deflated')
  const pptx = sample.officeFile(PPTX, 'streamed')
  const encrypted = (bytes: Buffer) => officeCrypto.encrypt(bytes, { password: 'secret', type: 'standard' })
  return {
    'a.docx': docx,
    'a.xlsx': xlsx,
    'a.pptx': pptx,
    'a.docm': officeFileOf(`${MACRO_DOC}.main+xml`, 'word/document.xml'),
    'secret.docx': encrypted(docx),
    'secret.xlsx': encrypted(xlsx),
    'secret.pptx': encrypted(pptx),
    // The library does not know the type of its main part.
    'a.xlsb': officeFileOf('application/vnd.ms-excel.sheet.binary.macroEnabled.main', 'xl/workbook.bin'),
    'odd.docx': officeFileOf('application/vnd.example.document', 'word/document.xml'),
    'a.odt': sample.openDocumentText(),
    'a.epub': zipFile({ mimetype: 'application/epub+zip', 'META-INF/container.xml': '<container/>' }),
    'odd.epub': zipFile({ 'META-INF/container.xml': '<container/>', 'a.xhtml': '<html/>' }),
    'a.jar': zipFile({ 'META-INF/MANIFEST.MF': 'Manifest-Version: 1.0\n', 'A.class': 'x' }),
    'a.kmz': zipFile({ 'doc.kml': '<kml/>' }),
    'a.doc': sample.compoundFile(),
  }
}

function officeFileOf(contentType: string, part: string): Buffer {
  return zipFile(
    {
      '[Content_Types].xml': `<Types><Override PartName="/${part}" ContentType="${contentType}"/></Types>`,
      '_rels/.rels': '<Relationships/>',
      [part]: 'x',
    },
    'deflated',
  )
}
