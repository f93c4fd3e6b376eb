import { ServiceError } from '../../domain/errors.ts'
import type { ContentEvidence } from '../../domain/files/content-type/judge-content.ts'
import { ownSignature, weighEvidence, zipPackageOf } from '../../domain/files/content-type/signatures.ts'
import type { ObjectStorage } from '../../storage/object-storage.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'

/** Size of the beginning that is read for signatures. */
const HEAD_BYTES = 256 * 1024
/** Size of the end of an archive that is read for its directory. */
const TAIL_BYTES = 64 * 1024

/** Reads the bytes from `start` to `end`, at most to the end of the object. */
export type ReadRange = (start: number, end: number) => Promise<Buffer>

/**
 * Returns the evidence of the type in stored bytes. Reads their beginning, and more parts of an archive, unless the object is
 * known or `content` has its bytes.
 */
export async function inspectContent(
  { storage, contents }: Pick<Context, 'storage' | 'contents'>,
  object: ObjectMetadata,
  content: Buffer | null = null,
): Promise<ContentEvidence> {
  if (content !== null) return inspectStored(content)
  const known = contents.take(object)
  return known ?? inspectBytes(object.sizeBytes, (start, end) => readRange(storage, object, start, end))
}

/** Returns the evidence of the type in all bytes of an object. */
export function inspectStored(content: Buffer): Promise<ContentEvidence> {
  return inspectBytes(content.length, async (start, end) => content.subarray(start, end))
}

/** Returns the evidence of the type in `sizeBytes` bytes. Throws what `read` throws. */
export async function inspectBytes(sizeBytes: number, read: ReadRange): Promise<ContentEvidence> {
  const head = await read(0, HEAD_BYTES)
  const signature = ownSignature(head) ?? (await librarySignature(sizeBytes, head, read))
  const isPartialArchive = signature === 'application/zip' && sizeBytes > head.length
  const tail = isPartialArchive ? [await read(Math.max(0, sizeBytes - TAIL_BYTES), sizeBytes)] : []
  return weighEvidence(head, signature, zipPackageOf(signature, [head, ...tail]))
}

let signatures: Promise<typeof import('file-type')> | null = null

async function librarySignature(sizeBytes: number, head: Buffer, read: ReadRange): Promise<string | null> {
  // Imported with the first file, because it would slow down the start.
  signatures ??= import('file-type')
  const { fileTypeFromBlob, fileTypeFromBuffer } = await signatures
  if (head.length === sizeBytes) {
    const type = await fileTypeFromBuffer(head).catch(() => undefined)
    return type?.mime ?? null
  }
  let storageError: unknown = null
  // The parser uses only the size and the slices of a Blob. This object reads the slices from storage.
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
  return type?.mime ?? null
}

async function readRange(
  storage: ObjectStorage,
  { name, sizeBytes, generation }: ObjectMetadata,
  start: number,
  end: number,
): Promise<Buffer> {
  const last = Math.min(end, sizeBytes) - 1
  if (last < start) return Buffer.alloc(0)
  const stream = await storage.read(name, { start, end: last }, generation)
  // `buffer` of node:stream/consumers makes a Blob first, which takes as long as half of the checks of a small file.
  const bytes = Buffer.concat(await stream.toArray())
  if (bytes.length !== last - start + 1)
    throw new ServiceError('STORAGE_UNAVAILABLE', 'the stored object is shorter than its recorded size')
  return bytes
}
