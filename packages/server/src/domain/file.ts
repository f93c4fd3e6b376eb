/** A registered file: its object is whole, checked and in storage. */
export interface File {
  readonly id: string
  readonly organizationId: string
  readonly filename: string
  readonly sizeBytes: number
  /** As declared, with its parameters. */
  readonly contentType: string
  /** The type whose signature the bytes show; null for none, and for files from before it was recorded. */
  readonly detectedContentType: string | null
  readonly objectName: string
  /** Which version of the object was registered. */
  readonly generation: string
  /** Base64 of the big-endian CRC-32C of the stored bytes. */
  readonly crc32c: string
  /** In lower-case hex; null where it was neither asked for nor known anyway. */
  readonly md5: string | null
  /** As `md5`. */
  readonly sha256: string | null
  readonly uploadedByApiKeyId: string | null
  readonly uploadedAtMs: number
}
