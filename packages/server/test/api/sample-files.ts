import { gzipSync } from 'node:zlib'
import { type ZipStyle, zipFile } from './zip-file.ts'

const OFFICE = 'application/vnd.openxmlformats-officedocument'

export const DOCX = `${OFFICE}.wordprocessingml.document`
export const XLSX = `${OFFICE}.spreadsheetml.sheet`
export const PPTX = `${OFFICE}.presentationml.presentation`
export const ODT = 'application/vnd.oasis.opendocument.text'

const OFFICE_PARTS: Record<string, string> = {
  [DOCX]: 'word/document.xml',
  [XLSX]: 'xl/workbook.xml',
  [PPTX]: 'ppt/presentation.xml',
}

export function officeFile(type: string, style: ZipStyle = 'stored'): Buffer {
  const part = OFFICE_PARTS[type] ?? ''
  return zipFile(
    {
      '[Content_Types].xml':
        '<?xml version="1.0" encoding="UTF-8"?>' +
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' +
        '<Default Extension="xml" ContentType="application/xml"/>' +
        `<Override PartName="/${part}" ContentType="${type}.main+xml"/></Types>`,
      '_rels/.rels':
        '<?xml version="1.0" encoding="UTF-8"?>' +
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>',
      [part]: '<?xml version="1.0" encoding="UTF-8"?><root/>',
    },
    style,
  )
}

export function openDocumentText(): Buffer {
  return zipFile({ mimetype: ODT, 'content.xml': '<?xml version="1.0"?><root/>' })
}

export function plainZip(): Buffer {
  return zipFile({ 'notes/readme.txt': 'hello', 'notes/more.txt': 'more' })
}

export function gzip(): Buffer {
  return gzipSync('compressed text')
}

export function png(): Buffer {
  return Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
}

export function gif(): Buffer {
  return Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
}

export function webp(): Buffer {
  return Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64')
}

export function jpeg(): Buffer {
  return Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')
}

export function bmp(): Buffer {
  const bytes = Buffer.alloc(58)
  bytes.write('BM', 'latin1')
  bytes.writeUInt32LE(58, 2)
  bytes.writeUInt32LE(54, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(1, 18)
  bytes.writeInt32LE(1, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(24, 28)
  bytes.fill(0xff, 54, 57)
  return bytes
}

export function icon(): Buffer {
  return Buffer.concat([Buffer.from('00000100010001010000010020003000000016000000', 'hex'), Buffer.alloc(48)])
}

/** PDF with the header, one catalog and the end mark. High bytes mark it as binary, as real writers do. */
export function pdf(): Buffer {
  return Buffer.concat([
    Buffer.from('%PDF-1.4\n%'),
    Buffer.from('e2e3cfd30a', 'hex'),
    Buffer.from('1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n'),
  ])
}

export function mp4(brand = 'isom'): Buffer {
  const bytes = Buffer.alloc(64)
  bytes.writeUInt32BE(32, 0)
  bytes.write(`ftyp${brand}\x00\x00\x02\x00isomiso2avc1mp41`, 4, 'latin1')
  bytes.writeUInt32BE(32, 32)
  bytes.write('mdat', 36, 'latin1')
  bytes.fill(0xa5, 40)
  return bytes
}

export function wav(): Buffer {
  const bytes = Buffer.alloc(60)
  bytes.write('RIFF', 0, 'latin1')
  bytes.writeUInt32LE(52, 4)
  bytes.write('WAVEfmt ', 8, 'latin1')
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(8000, 24)
  bytes.writeUInt32LE(16000, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36, 'latin1')
  bytes.writeUInt32LE(16, 40)
  return bytes
}

/** MP3 with an ID3 tag and one frame of 128 kbit/s. */
export function mp3(): Buffer {
  const frame = Buffer.alloc(417)
  frame.write('fffb9000', 'hex')
  return Buffer.concat([Buffer.from('49443303000000000000', 'hex'), frame, frame])
}

export function flac(): Buffer {
  return Buffer.concat([Buffer.from('664c614380000022', 'hex'), Buffer.alloc(34, 0x10)])
}

/** Container of the older Office formats (.doc, .xls, .ppt). */
export function compoundFile(): Buffer {
  const bytes = Buffer.alloc(1536)
  bytes.write('d0cf11e0a1b11ae1', 'hex')
  bytes.write('3e000300feff0900', 24, 'hex')
  return bytes
}

export function utf8WithMark(text: string): Buffer {
  return Buffer.concat([Buffer.from('efbbbf', 'hex'), Buffer.from(text)])
}

export function utf16WithMark(text: string): Buffer {
  return Buffer.concat([Buffer.from('fffe', 'hex'), Buffer.from(text, 'utf16le')])
}

/** Returns fixed bytes in which neither a block nor a long run repeats. */
export function patternedBytes(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes)
  let state = 1
  for (let index = 0; index < sizeBytes; index++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    bytes[index] = state >>> 24
  }
  return bytes
}
