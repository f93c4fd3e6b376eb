import { crc32, deflateRawSync } from 'node:zlib'

export type ZipStyle = 'stored' | 'deflated' | 'streamed'

/**
 * Creates a ZIP byte by byte, so that the tests control all of it. `streamed` is the form of a writer that cannot seek:
 * the sizes are after the data, and zero in the local header.
 */
export function zipFile(entries: Record<string, string>, style: ZipStyle = 'stored'): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(entries)) {
    const entry = zipEntry(name, Buffer.from(text), style)
    local.push(entry.local)
    central.push(centralHeader(entry, offset))
    offset += entry.local.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(central.length, 8)
  end.writeUInt16LE(central.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, directory, end])
}

interface ZipEntry {
  readonly name: Buffer
  /** Fields that are in both headers, from "version needed to extract" to the extra length. */
  readonly common: Buffer
  readonly local: Buffer
}

function zipEntry(path: string, data: Buffer, style: ZipStyle): ZipEntry {
  const name = Buffer.from(path)
  const packed = style === 'stored' ? data : deflateRawSync(data)
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(style === 'streamed' ? 8 : 0, 2)
  common.writeUInt16LE(style === 'stored' ? 0 : 8, 4)
  common.writeUInt16LE(0x21, 8)
  common.writeUInt32LE(crc32(data), 10)
  common.writeUInt32LE(packed.length, 14)
  common.writeUInt32LE(data.length, 18)
  common.writeUInt16LE(name.length, 22)
  const header = Buffer.from(common)
  const signature = Buffer.from('PK\x03\x04', 'latin1')
  if (style !== 'streamed') return { name, common, local: Buffer.concat([signature, header, name, packed]) }
  const descriptor = Buffer.concat([Buffer.from('PK\x07\x08', 'latin1'), common.subarray(10, 22)])
  header.fill(0, 10, 22)
  return { name, common, local: Buffer.concat([signature, header, name, packed, descriptor]) }
}

function centralHeader({ name, common }: ZipEntry, localOffset: number): Buffer {
  const header = Buffer.alloc(46)
  header.write('PK\x01\x02', 'latin1')
  header.writeUInt16LE(20, 4)
  common.copy(header, 6)
  header.writeUInt32LE(localOffset, 42)
  return Buffer.concat([header, name])
}
