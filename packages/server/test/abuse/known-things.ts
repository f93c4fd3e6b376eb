/** What exists on the server, for requests that get past the first check. */
export interface KnownThings {
  readonly host: string
  readonly organizationId: string
  readonly apiKey: string
  fileIds: readonly string[]
  /** Never that of the key that the requests carry: one of them would pause it, and all others be refused. */
  keyIds: readonly string[]
  sessions: readonly KnownSession[]
  /** Path and query. */
  downloads: readonly string[]
}

export interface KnownSession {
  readonly fileId: string
  readonly uploadId: string
  readonly objectName: string
  readonly filename: string
  readonly sizeBytes: number
}
