import { ServiceError } from '../../domain/errors.ts'
import { mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import { type AnnouncedHashes, hashAlgorithmsOf } from '../../domain/uploads/upload-session.ts'
import { crc32c, crc32cOfParts, crc32cToBase64 } from '../../platform/crc32c.ts'
import { findMismatch } from '../find-mismatch.ts'
import type { Completed } from '../part-uploads.ts'
import { createRunningDigests, type Digests } from '../running-digests.ts'
import type { UploadSpec } from '../stored-object.ts'
import { joinRuns } from './block-bounds.ts'
import { missingPart } from './join-pieces.ts'
import type { ObjectFacts } from './object-facts.ts'
import type { PartUpload, PiecedPart } from './part-upload.ts'
import type { JoinedPiece } from './plan-join.ts'
import { readUnverified } from './read-unverified.ts'
import type { S3 } from './s3.ts'
import { partPieceKey } from './upload-record.ts'

export interface PartsContent {
  readonly kind: 'matching'
  readonly facts: JoinedFacts
}

type JoinedFacts = Omit<ObjectFacts, 'generation' | 'createdAtMs'>

/** Compares the joined bytes with the announced checksums. Reads them only for checksums that cannot be combined. */
export async function checkParts(
  { s3, spec }: { readonly s3: S3; readonly spec: UploadSpec },
  upload: PartUpload,
  chosen: readonly PiecedPart[],
  expected: AnnouncedHashes,
): Promise<PartsContent | Extract<Completed, { kind: 'mismatch' }>> {
  const { crc32c } = joinedFacts(chosen, {})
  const damage = findMismatch(expected, { crc32c })
  if (damage !== null) return damage
  const algorithms = mergeAlgorithms(spec.checksums ?? [], hashAlgorithmsOf(expected))
  const known: Digests = chosen.length === 1 ? (chosen[0]?.digests ?? {}) : {}
  const running = createRunningDigests(algorithms.filter((algorithm) => known[algorithm] === undefined))
  if (running.algorithms.length > 0) {
    for (const part of chosen) await readPart(s3, spec.name, upload, part, running.update)
  }
  const digests = { ...known, ...running.current() }
  const mismatch = findMismatch(expected, digests)
  return mismatch ?? { kind: 'matching', facts: joinedFacts(chosen, digests) }
}

/** Returns the facts about the bytes of the parts in this order. */
export function joinedFacts(
  chosen: readonly PiecedPart[],
  { md5 = null, sha256 = null }: { readonly md5?: string | null; readonly sha256?: string | null },
): JoinedFacts {
  return {
    sizeBytes: chosen.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    crc32c: crc32cOfParts(chosen),
    blocks: chosen.flatMap(({ blocks }) => blocks),
    runs: joinRuns(chosen.flatMap(({ runs, sizeBytes }) => runs ?? [sizeBytes])),
    md5,
    sha256,
  }
}

/** Returns the objects with the bytes of the part, in their order. */
export function piecesOf(
  name: string,
  { id }: Pick<PartUpload, 'id'>,
  { version, pieces }: PiecedPart,
): JoinedPiece[] {
  return pieces.map((bytes, index) => ({ key: partPieceKey(name, id, version, index), bytes }))
}

/** Passes the bytes of a part to `use`. Throws OBJECT_DAMAGED afterwards if they have changed. */
async function readPart(
  s3: S3,
  name: string,
  upload: PartUpload,
  part: PiecedPart,
  use: (bytes: Buffer) => void,
): Promise<void> {
  let crc = 0
  for (const { key, bytes: sizeBytes } of piecesOf(name, upload, part)) {
    const head = await s3.bucket.head(key)
    if (head?.sizeBytes !== sizeBytes) throw missingPart()
    for await (const bytes of readUnverified(s3, key, head)) {
      crc = crc32c(bytes, crc)
      use(bytes)
    }
  }
  if (crc32cToBase64(crc) !== part.crc32c) {
    throw new ServiceError('OBJECT_DAMAGED', 'a stored part does not match its checksum')
  }
}
