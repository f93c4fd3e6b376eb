/** A registered file. Its object is complete, checked and in storage. */
export interface File {
  readonly id: string
  readonly organizationId: string
  readonly filename: string
  /** Folder, such as `a/b/c`; empty for the root. Several Files may share folder and name. */
  readonly path: string
  /** Pairs that clients store with the File. They change no rule. */
  readonly metadata: FileMetadata
  readonly sizeBytes: number
  /** Declared type with its parameters. */
  readonly contentType: string
  /** Type detected by signature; null when there is none, and for files of earlier versions. */
  readonly detectedContentType: string | null
  readonly objectName: string
  /** Generation of the registered object. */
  readonly generation: string
  /** Base64 of the big-endian CRC-32C of the stored bytes. */
  readonly crc32c: string
  /** MD5 in lower-case hex; null when it was not requested and the storage does not provide it. */
  readonly md5: string | null
  /** SHA-256 in lower-case hex; null as for `md5`. */
  readonly sha256: string | null
  readonly uploadedByApiKeyId: string | null
  /** User that uploaded the File; null when a key or the operator did. */
  readonly uploadedBy: string | null
  readonly uploadedAtMs: number
  /** Label that a client of the OpenAI API chose; null for `user_data`. It changes no rule. */
  readonly purpose: FilePurpose | null
  /** Time from which the File does not exist any more; null when it has no end. */
  readonly expiresAtMs: number | null
  /** Time at which a read found the stored bytes damaged; null again once a scrub has found them sound. */
  readonly damagedAtMs: number | null
  /** Id of the first File with these bytes, when they were taken from a stored object; null when they were received. */
  readonly sharesBytesOf: string | null
  /** Time at which the File was moved to the trash; null outside it. */
  readonly trashedAtMs: number | null
}

/** Content of a file, as a client that has not sent it knows it. */
export interface AnnouncedContent {
  /** SHA-256 in lower-case hex. */
  readonly sha256: string
  readonly sizeBytes: number
}

/** At most 16 pairs; keys of 64 characters and values of 512. */
export type FileMetadata = Readonly<Record<string, string>>

/** Labels that clients may choose, without `user_data`, which is the label of every other File. */
export const FILE_PURPOSES = ['assistants', 'batch', 'fine-tune', 'vision', 'evals'] as const
export type FilePurpose = (typeof FILE_PURPOSES)[number]

/** Returns true when the time of the File is over, whether or not a job has already deleted it. */
export function isExpiredFile({ expiresAtMs }: Pick<File, 'expiresAtMs'>, nowMs: number): boolean {
  return expiresAtMs !== null && expiresAtMs <= nowMs
}
