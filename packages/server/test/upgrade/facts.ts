/** Expected content of an installation that an earlier version wrote. */
export interface Facts {
  readonly organizationId: string
  readonly adminKey: string
  /** Key that may only read. */
  readonly readerKey: string
  readonly pausedKey: string
  /** Files, newest first. */
  readonly files: readonly FileFacts[]
  readonly deletedFileId: string
  /** Upload that has its first chunk, `CHUNK`, and lacks the rest, `LATER`. */
  readonly open: UploadFacts
  /** Upload that has all of its bytes, `LATER`, and is not registered. */
  readonly complete: UploadFacts
}

export interface FileFacts {
  readonly id: string
  readonly filename: string
  readonly mimeType: string
  readonly bytes: number
  readonly crc32c: string
}

export interface UploadFacts {
  readonly fileId: string
  /** Path and query of the session URI. */
  readonly path: string
  readonly gcsPath: string
}

export const HELLO = Buffer.from('hello\n')
export const REPORT = Buffer.from(`name,size\n${'a,1\n'.repeat(5000)}`)
export const CHUNK = Buffer.alloc(256 * 1024, 'first chunk ')
export const LATER = Buffer.alloc(1000, 'later ')
