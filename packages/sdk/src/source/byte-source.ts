/** Bytes that are shared with no other thread, as `fetch` wants them. */
export type Bytes = Uint8Array<ArrayBuffer>

/** What is uploaded, read piece by piece. */
export interface ByteSource {
  readonly filename: string | null
  readonly mimeType: string | null
  readonly sizeBytes: number
  /** Where its bytes come from, for whoever wants to find the same again; null where that cannot be said. */
  readonly identity: SourceIdentity | null
  /** Whether it can be read from its start again, after it was forgotten. */
  readonly isRepeatable: boolean
  /**
   * Exactly the bytes from `offset` to before `offset + sizeBytes`, which lie within the source. They may lie in
   * `buffer`, which has room for them, and are the caller’s until it gives the buffer away again. Rejects with a
   * `FileChangedError` where they are not there.
   */
  read(offset: number, sizeBytes: number, buffer?: Bytes): Promise<Bytes>
  /** Says that nothing before `offset` will be read again. */
  forget(offset: number): void
  /** Rejects with a `FileChangedError` where the source is not what it was when it was opened. */
  assertUnchanged(): Promise<void>
  close(): Promise<void>
}

export interface SourceIdentity {
  /** A path where there is one, which stands for the same file whatever is in it; else the file’s name. */
  readonly name: string
  readonly isPath: boolean
  readonly modifiedMs: number
}
