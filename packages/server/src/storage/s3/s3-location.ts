export interface S3Location {
  readonly bucket: string
  /** Prefix of every key: empty, or ending with a slash. */
  readonly prefix: string
  /** URL of the server without a trailing slash; null for AWS. */
  readonly endpoint: string | null
  readonly region: string
  /** True when the bucket is in the path of a URL, false when it is in the host name. */
  readonly isPathStyle: boolean
  /** True when clients can reach the endpoint: then they may send and receive bytes directly. */
  readonly isDirect: boolean
  /** Credentials; null for the standard sources of AWS's client: environment, profile, role of the machine. */
  readonly credentials: S3StorageCredentials | null
}

export interface S3StorageCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}
