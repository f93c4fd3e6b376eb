/** Ids of things that exist on the server, for requests that pass the first checks. */
export interface KnownThings {
  readonly host: string
  readonly organizationId: string
  readonly apiKey: string
  fileIds: readonly string[]
  /** Without the key of the requests: a request could pause it, and all later ones would be refused. */
  keyIds: readonly string[]
  sessions: readonly KnownSession[]
  /** Paths with queries. */
  downloads: readonly string[]
}

export interface KnownSession {
  readonly fileId: string
  readonly uploadId: string
  readonly objectName: string
  readonly filename: string
  readonly sizeBytes: number
}
