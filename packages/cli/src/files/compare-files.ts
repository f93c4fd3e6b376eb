import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { crc32c, crc32cText, type WaybillFile } from '@waybill/sdk'

/** Checksums of a File, the strongest first. */
const CHECKSUMS = ['sha256', 'md5', 'crc32c'] as const

type Checksums = Readonly<Partial<Record<(typeof CHECKSUMS)[number], string>>>

const READ_BYTES = 1024 * 1024

/**
 * Returns the first File that has the same bytes as the file on disk: the same size, and the same value of the strongest
 * checksum that the File has. Reads the file once, and only when a File has its size.
 */
export async function findSame(
  path: string,
  sizeBytes: number,
  files: readonly WaybillFile[],
): Promise<WaybillFile | null> {
  const candidates = files.filter(({ file_size }) => file_size === sizeBytes)
  if (candidates.length === 0) return null
  const ours = await checksumsOf(path, candidates)
  return candidates.find((file) => isSame(file, ours)) ?? null
}

function isSame(file: WaybillFile, ours: Checksums): boolean {
  const strongest = CHECKSUMS.find((name) => file[name] != null)
  return strongest !== undefined && file[strongest] === ours[strongest]
}

/** Returns the checksums that one of the Files has. */
async function checksumsOf(path: string, files: readonly WaybillFile[]): Promise<Checksums> {
  const hashes = (['sha256', 'md5'] as const)
    .filter((name) => files.some((file) => file[name] != null))
    .map((name) => ({ name, hash: createHash(name) }))
  let crc = 0
  for await (const piece of createReadStream(path, { highWaterMark: READ_BYTES })) {
    crc = crc32c(piece, crc)
    for (const { hash } of hashes) hash.update(piece)
  }
  const digests = hashes.map(({ name, hash }) => [name, hash.digest('hex')] as const)
  return { crc32c: crc32cText(crc), ...Object.fromEntries(digests) }
}
