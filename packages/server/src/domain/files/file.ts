/** A registered file. Its object is complete, checked and in storage. */
export interface File {
  readonly id: string
  readonly organizationId: string
  readonly filename: string
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
  readonly uploadedAtMs: number
  /** Label that a client of the OpenAI API chose; null for `user_data`. It changes no rule. */
  readonly purpose: FilePurpose | null
  /** Time from which the File does not exist any more; null when it has no end. */
  readonly expiresAtMs: number | null
}

/** Labels that clients may choose, without `user_data`, which is the label of every other File. */
export const FILE_PURPOSES = ['assistants', 'batch', 'fine-tune', 'vision', 'evals'] as const
export type FilePurpose = (typeof FILE_PURPOSES)[number]

/** Returns true when the time of the File is over, whether or not a job has already deleted it. */
export function isExpiredFile({ expiresAtMs }: Pick<File, 'expiresAtMs'>, nowMs: number): boolean {
  return expiresAtMs !== null && expiresAtMs <= nowMs
}
