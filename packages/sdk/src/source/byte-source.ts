/** Bytes that are not in shared memory, as `fetch` requires. */
export type Bytes = Uint8Array<ArrayBuffer>

/** The bytes to upload, with random access where the source allows it. */
export interface ByteSource {
  readonly filename: string | null
  readonly mimeType: string | null
  readonly sizeBytes: number
  /** Identifies the source when the upload is resumed; null when the source cannot be identified. */
  readonly identity: SourceIdentity | null
  /** True when all bytes can be read again, even after `forget`. */
  readonly isRepeatable: boolean
  /**
   * Returns exactly `sizeBytes` bytes from `offset` on. The range must lie within the source. The result may use the
   * memory of `buffer`, which must be large enough; it is valid until the caller reuses the buffer. Rejects with a
   * `FileChangedError` when the bytes do not exist any more.
   */
  read(offset: number, sizeBytes: number, buffer?: Bytes): Promise<Bytes>
  /** Allows the source to drop the bytes before `offset`. They will not be read again. */
  forget(offset: number): void
  /** Rejects with a `FileChangedError` when the source has changed since it was opened. */
  assertUnchanged(): Promise<void>
  close(): Promise<void>
}

export interface SourceIdentity {
  /**
   * The path if the source has one, else the file's name. A path identifies a file even when its content has changed.
   */
  readonly name: string
  readonly isPath: boolean
  readonly modifiedMs: number
}
