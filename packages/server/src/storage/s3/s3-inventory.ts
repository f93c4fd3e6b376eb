import { isOwnName } from '../../domain/files/object-name.ts'
import type { Inventory, InventoryEntry } from '../inventory.ts'
import type { InternalTexts } from './internal-texts.ts'
import { findObject } from './object-facts.ts'
import { nameOf } from './object-key.ts'
import { INTERNAL_FOLDER, type S3 } from './s3.ts'
import { isRecordKey, recordKeyOfPiece, type UploadRecords, uploadsFolder } from './upload-record.ts'

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
    const recordKey = recordKeyOfPiece(pieceKey)
    if (recordKey === null) return false
    const record = await records.loadKey(recordKey)
    return record === null || !record.pieces.some(({ key }) => key === pieceKey)
  }

  async function* listUploads(): AsyncGenerator<InventoryEntry> {
    for await (const { key, modifiedAtMs } of bucket.list(uploadsFolder())) {
      if (isRecordKey(key)) {
        const record = await records.loadKey(key)
        if (record === null || isInUse(record.name)) continue
        const isComplete = record.isSealed && (await findObject(s3, record.name)) !== null
        const { name } = record
        if (isComplete) yield { kind: 'orphan', id: key, name, modifiedAtMs }
        else yield { kind: 'upload', name, modifiedAtMs: record.modifiedAtMs }
      } else if (await isUnused(key)) yield { kind: 'orphan', id: key, name: null, modifiedAtMs }
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
