import { buffer } from 'node:stream/consumers'
import { type ContentEvidence, canonicalContentType } from '../domain/content-type.ts'
import { ServiceError } from '../domain/errors.ts'
import type { ObjectMetadata, ObjectStorage } from '../storage/storage.ts'

/** Signatures lie at the beginning; only the directory of an archive is looked for elsewhere. */
const HEAD_BYTES = 256 * 1024
const CONTROL_BYTES_OF_TEXT: ReadonlySet<number> = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x1b])

/** What the stored bytes say of their type. Reads the head, and where an archive asks for it a few parts more. */
export async function inspectContent(
  storage: ObjectStorage,
  object: ObjectMetadata,
): Promise<ContentEvidence> {
  const read = (start: number, end: number) => readRange(storage, object, start, end)
  const head = await read(0, HEAD_BYTES)
  return { detected: await detectSignature(object, head, read), isText: isText(head, object.sizeBytes) }
}

let signatures: Promise<typeof import('file-type')> | null = null

type ReadRange = (start: number, end: number) => Promise<Buffer>

async function detectSignature(
  { sizeBytes }: ObjectMetadata,
  head: Buffer,
  read: ReadRange,
): Promise<string | null> {
  // Loaded with the first file, to keep the start short.
  signatures ??= import('file-type')
  const { fileTypeFromBlob, fileTypeFromBuffer } = await signatures
  if (head.length === sizeBytes) {
    const type = await fileTypeFromBuffer(head).catch(() => undefined)
    return type ? canonicalContentType(type.mime) : null
  }
  let storageError: unknown = null
  // The parser asks a Blob for its size and for slices, and nothing else; this one reads slices from storage.
  const blob = {
    size: sizeBytes,
    type: '',
    slice: (start: number, end: number) => ({
      arrayBuffer: async () => {
        if (end <= head.length) return head.subarray(start, end)
        return read(start, end).catch((error) => {
          storageError = error
          throw error
        })
      },
    }),
  }
  const type = await fileTypeFromBlob(blob as unknown as Blob).catch(() => undefined)
  if (storageError) throw storageError
  return type ? canonicalContentType(type.mime) : null
}

async function readRange(
  storage: ObjectStorage,
  { name, sizeBytes, generation }: ObjectMetadata,
  start: number,
  end: number,
): Promise<Buffer> {
  const last = Math.min(end, sizeBytes) - 1
  if (last < start) return Buffer.alloc(0)
  const bytes = await buffer(await storage.read(name, { start, end: last }, generation))
  if (bytes.length !== last - start + 1)
    throw new ServiceError('STORAGE_UNAVAILABLE', 'the object is shorter')
  return bytes
}

/** Whether the head is UTF-8 text; a character that is cut at the head's end counts as whole. */
function isText(head: Buffer, sizeBytes: number): boolean {
  if (head.some((byte) => byte < 0x20 && !CONTROL_BYTES_OF_TEXT.has(byte))) return false
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: sizeBytes > head.length })
    return true
  } catch {
    return false
  }
}
