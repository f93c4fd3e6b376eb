import { isOwnName } from '../../domain/files/object-name.ts'
import type { Inventory, InventoryEntry } from '../inventory.ts'
import type { InternalTexts } from './internal-texts.ts'
import { findObject } from './object-facts.ts'
import { keyOf, nameOf } from './object-key.ts'
import { INTERNAL_FOLDER, type S3 } from './s3.ts'
import {
  isRecordKey,
  ownerOfPiece,
  type PieceOwner,
  type UploadRecord,
  type UploadRecords,
  uploadsFolder,
} from './upload-record.ts'

const OWNER = 'owner'

/** Creates an inventory with one section, because names give no way to divide the bucket evenly. */
export function createS3Inventory(
  s3: S3,
  records: UploadRecords,
  texts: InternalTexts,
  isInUse: (name: string) => boolean,
): Inventory {
  const { bucket } = s3

  const isUnused = async (pieceKey: string): Promise<boolean> => {
    const owner = ownerOfPiece(pieceKey)
    return owner !== null && !isNeeded(await records.loadKey(owner.recordKey), pieceKey, owner)
  }

  async function* listUploads(): AsyncGenerator<InventoryEntry> {
    // The keys of an upload follow each other, and its record may name many parts.
    let latest: { readonly key: string; readonly record: UploadRecord | null } | null = null
    const recordOf = async (key: string) => {
      if (latest?.key !== key) latest = { key, record: await records.loadKey(key) }
      return latest.record
    }
    for await (const { key, modifiedAtMs } of bucket.list(uploadsFolder())) {
      if (isRecordKey(key)) {
        const record = await recordOf(key)
        if (record === null || isInUse(record.name)) continue
        const isComplete = record.isSealed && (await findObject(s3, record.name)) !== null
        const { name } = record
        if (isComplete) yield { kind: 'orphan', id: key, name, modifiedAtMs }
        else yield { kind: 'upload', name, modifiedAtMs: record.modifiedAtMs }
        continue
      }
      const owner = ownerOfPiece(key)
      const isOrphan = owner !== null && !isNeeded(await recordOf(owner.recordKey), key, owner)
      if (isOrphan) yield { kind: 'orphan', id: key, name: null, modifiedAtMs }
    }
  }

  return {
    sections: 1,
    list: async function* list() {
      for await (const { key, modifiedAtMs } of bucket.list('')) {
        const name = nameOf(key)
        if (isOwnName(name)) yield { kind: 'object', name, modifiedAtMs }
        else if (!key.startsWith(INTERNAL_FOLDER)) yield { kind: 'foreign', name }
      }
      yield* listUploads()
    },
    removeOrphan: async (id) => {
      if (isRecordKey(id)) {
        const record = await records.loadKey(id)
        if (!record?.isSealed || (await findObject(s3, record.name)) === null) return false
        // Otherwise, one of another process could create the object again after its removal.
        for (const uploadId of record.partUpload?.completion?.uploadIds ?? []) {
          await s3.multipart.abort(keyOf(record.name), uploadId)
        }
        await records.remove(record.name)
        return true
      }
      if (!(await isUnused(id)) || (await bucket.head(id)) === null) return false
      await bucket.remove(id)
      return true
    },
    owner: (candidate) => texts.readOrCreate(OWNER, candidate),
    knownOwner: () => texts.read(OWNER),
  }
}

/**
 * Returns true when the upload may need the piece. All pieces of an upload of parts are kept as long as it exists, because
 * one without a part in the record may be that of a body that is arriving.
 */
function isNeeded(record: UploadRecord | null, pieceKey: string, { partUploadId }: PieceOwner): boolean {
  if (record === null) return false
  if (partUploadId !== null) return record.partUpload?.id === partUploadId
  return record.pieces.some(({ key }) => key === pieceKey)
}
