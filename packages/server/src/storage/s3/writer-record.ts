import type { UploadLayout, UploadRecord, UploadRecords } from './upload-record.ts'

/** The record of an upload in the hands of one writer. */
export interface WriterRecord {
  readonly partBytes: number
  /**
   * Makes the bytes of the layout those of the upload, durable. Throws UPLOAD_FENCED when another writer has taken over.
   * Writes nothing at the end of a writer that has no byte and no record.
   */
  save(layout: UploadLayout, terms?: SaveTerms): Promise<void>
  /** Throws UPLOAD_FENCED when another writer has taken over. */
  assertOwner(): Promise<void>
  /** Ends the claim, with the bytes of the last save. */
  release(): Promise<void>
  /** Returns those of the keys that the record does not refer to. */
  unused(keys: readonly string[]): string[]
  /** Removes the record of an upload that is complete. */
  remove(): Promise<void>
}

export interface SaveTerms {
  /** True to end the claim. */
  readonly isReleased?: boolean
  /** True when no byte can be added. */
  readonly isSealed?: boolean
}

/**
 * Creates the record of a writer. A small body that arrives completely needs none, so the record of a new upload can be
 * stored later: `etag` is null until then. If two writers begin, the first one to store it gets the upload.
 */
export function createWriterRecord(
  records: UploadRecords,
  claimed: UploadRecord,
  etag: string | null,
): WriterRecord {
  let current = { record: claimed, etag }

  const save: WriterRecord['save'] = async (layout, { isReleased = false, isSealed = false } = {}) => {
    if (isReleased && current.etag === null && layout.checksums.offset === 0) return
    const record = {
      ...current.record,
      ...layout,
      isSealed: isSealed || current.record.isSealed,
      writerId: isReleased ? null : claimed.writerId,
      modifiedAtMs: Date.now(),
    }
    current = await records.save(record, current.etag)
  }

  return {
    partBytes: claimed.partBytes,
    save,
    assertOwner: async () => {
      if (current.etag !== null) await save(current.record)
    },
    release: async () => {
      if (current.etag !== null) await save(current.record, { isReleased: true })
    },
    unused: (keys) => {
      const used = new Set(current.record.pieces.map(({ key }) => key))
      return keys.filter((key) => !used.has(key))
    },
    remove: async () => {
      if (current.etag !== null) await records.remove(claimed.name)
    },
  }
}
