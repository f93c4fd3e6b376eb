import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import { UnreadableFile } from './unreadable-file.ts'

const MAX_ENTRIES = 5_000
const MAX_OUTPUT_BYTES = 200 * 1024 * 1024
/** Beginning of a compound file, which contains an encrypted document or one of Office before 2007. */
const COMPOUND_FILE = Buffer.from('d0cf11e0a1b11ae1', 'hex')
const ENCRYPTED_PACKAGE = Buffer.from('EncryptedPackage', 'utf16le')
const MANIFEST = 'META-INF/manifest.xml'

/**
 * Decompresses all entries of a document that is a ZIP archive, and returns those that `isKept` selects, by name.
 * It counts the real output, since declared sizes may be false. Throws `UnreadableFile` when the document is encrypted,
 * damaged, or over the limits of 5,000 entries and 200 MB.
 */
export async function readZip(
  bytes: Buffer,
  isKept: (name: string) => boolean,
): Promise<ReadonlyMap<string, Buffer>> {
  refuseCompoundFile(bytes)
  const kept = new Map<string, Buffer>()
  let entries = 0
  let remaining = MAX_OUTPUT_BYTES
  const archive = await openArchive(bytes)
  for await (const entry of entriesOf(archive)) {
    const name = entry.fileNameRaw.toString('utf8')
    if (++entries > MAX_ENTRIES)
      throw tooLarge(`The document contains more than ${MAX_ENTRIES.toLocaleString('en')} files.`)
    if (entry.isEncrypted()) throw encrypted()
    const isCollected = isKept(name) || name === MANIFEST
    const content = await readEntry(archive, entry, remaining, isCollected)
    remaining -= content.sizeBytes
    if (isCollected) kept.set(name, Buffer.concat(content.chunks))
  }
  if (kept.get(MANIFEST)?.includes('encryption-data')) throw encrypted()
  return kept
}

/** Throws the reason why an archive that is none cannot be read. */
function refuseCompoundFile(bytes: Buffer): void {
  if (!bytes.subarray(0, COMPOUND_FILE.length).equals(COMPOUND_FILE)) return
  if (bytes.includes(ENCRYPTED_PACKAGE)) throw encrypted()
  throw new UnreadableFile(
    'unsupported_file',
    'The document has a format of Office before 2007. Save it as DOCX, XLSX or PPTX and upload the result.',
  )
}

async function openArchive(bytes: Buffer): Promise<ZipFile> {
  try {
    return await fromBufferPromise(bytes, { lazyEntries: true, decodeStrings: false })
  } catch (error) {
    throw damaged(error)
  }
}

async function* entriesOf(archive: ZipFile): AsyncGenerator<Entry> {
  try {
    for await (const entry of archive.eachEntry()) yield entry
  } catch (error) {
    throw error instanceof UnreadableFile ? error : damaged(error)
  }
}

async function readEntry(archive: ZipFile, entry: Entry, maxBytes: number, isCollected: boolean) {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of await archive.openReadStreamPromise(entry)) {
      sizeBytes += chunk.length
      if (sizeBytes > maxBytes) throw tooLarge('The document is larger than 200 MB when it is decompressed.')
      if (isCollected) chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof UnreadableFile ? error : damaged(error)
  }
  return { sizeBytes, chunks }
}

function tooLarge(cause: string): UnreadableFile {
  return new UnreadableFile('invalid_file', `${cause} Split it, or save it as PDF, and upload the result.`)
}

function damaged(cause: unknown): UnreadableFile {
  return new UnreadableFile(
    'invalid_file',
    'The document is damaged. Open it in its program, save it again and upload the result.',
    { cause },
  )
}

function encrypted(): UnreadableFile {
  return new UnreadableFile(
    'unsupported_file',
    'The document is protected by a password. Remove the password and upload the file again.',
  )
}
