import type { KeyStamp } from '../access/api-key.ts'
import { type ErrorCode, ServiceError } from '../errors.ts'
import type { FileMetadata, FilePurpose } from '../files/file.ts'
import {
  type ChecksumAlgorithm,
  DIGEST_ALGORITHMS,
  type DigestAlgorithm,
  HASH_ALGORITHMS,
  type HashAlgorithm,
} from './checksums.ts'

/*
 * Terminology of an upload session:
 * - open: accepts bytes, and a client can register it when they are complete.
 * - dead: a client sent a malformed range or a wrong checksum, or the complete content was refused. It accepts no more
 *   bytes.
 * - unfinished: open or dead. It holds a reservation and counts against the limit of sessions.
 * - ended: registered, cancelled or expired. It never changes again.
 *   - registered: its object is a File.
 *   - cancelled: a client ended it, or the key that opened it was revoked.
 *   - expired: its time was over.
 * When a session is cancelled or expires, its bytes are deleted; a job deletes what remains.
 */

/** Recorded state. Only the storage knows how many bytes there are, and whether the object is complete. */
export type UploadSessionState =
  | { readonly kind: 'open' }
  | { readonly kind: 'dead' }
  | { readonly kind: 'cancelled' }
  /** Recorded, with the reservation released; see `isExpired` for sessions that are not recorded yet. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'registered' }

/** Checksums of the complete object that the client announced, in base64; null when not announced. */
export type AnnouncedHashes = Readonly<Record<DigestAlgorithm, string | null>>

export const NO_HASHES: AnnouncedHashes = {
  crc32c: null,
  md5: null,
  sha1: null,
  sha256: null,
  sha512: null,
}

/** Protocols of session URIs. Each of them may continue a sequential session, whichever one opened it. */
export const UPLOAD_PROTOCOLS = ['google', 'tus', 'ietf'] as const
export type UploadProtocol = (typeof UPLOAD_PROTOCOLS)[number]

/** Protocols that open sessions. */
export type OpeningProtocol = UploadProtocol | 'openai' | 's3'

/** `sequential`: each request appends at the offset. `parts`: the bytes arrive as parts, in any order. */
export type UploadLayout = 'sequential' | 'parts'

/** Upper bound of the metadata of a session, in UTF-8. */
export const MAX_METADATA_BYTES = 8192

/**
 * `on-request`: a client registers the complete object. `when-complete`: the service registers it at once. `never`: a
 * partial upload, whose complete object is only for a concatenation.
 */
export type RegistrationMode = 'on-request' | 'when-complete' | 'never'

/** Reason why the content of a complete upload was refused. */
export interface UploadFailure {
  readonly code: ErrorCode
  readonly message: string
}

export interface UploadSession {
  readonly fileId: string
  readonly organizationId: string
  readonly objectName: string
  readonly filename: string
  /** Length of the upload; null while no request has told it. It never changes again. */
  readonly sizeBytes: number | null
  /** Reserved quota: the length when it is known. 0 after the content was refused. */
  readonly reservedBytes: number
  /** Upper bound of the length, from the creation of the session. */
  readonly maxSizeBytes: number
  readonly contentType: string
  readonly state: UploadSessionState
  /** Reason of a dead session whose content was refused; null in every other case. */
  readonly failure: UploadFailure | null
  /** Protocol that opened the session. */
  readonly protocol: OpeningProtocol
  readonly layout: UploadLayout
  readonly registers: RegistrationMode
  /** Metadata in the form of the protocol, as the client sent it, at most `MAX_METADATA_BYTES`; null for none. */
  readonly metadata: string | null
  readonly announced: AnnouncedHashes
  /** Checksums to compute in addition to the CRC-32C. */
  readonly checksums: readonly ChecksumAlgorithm[]
  /** The provider's identifier of a delegated upload; null for hosted uploads. */
  readonly uploadHandle: string | null
  /** Key that opened the session; null for users, the operator and sessions of earlier versions. */
  readonly openedBy: KeyStamp | null
  /** User that opened the session; null for others. */
  readonly openedByUser: string | null
  /** State of the upload protocol in its own form, opaque to all other code; null for none. */
  readonly protocolState: string | null
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** Time from the upload of the File to its end; null when it has no end. */
  readonly fileLifetimeMs: number | null
  /** Label of the File; null for none. */
  readonly purpose: FilePurpose | null
  /** See `File.sharesBytesOf`. A session that shares bytes takes none. */
  readonly sharesBytesOf: string | null
  /** Folder of the File; empty for the root. */
  readonly path: string
  /** Metadata of the File; `metadata` is that of the upload protocol. */
  readonly fileMetadata: FileMetadata
}

/** Time after the expiry during which the session URI is answered with "gone", and with "not found" afterwards. */
export const GONE_MS = 7 * 24 * 60 * 60 * 1000

/**
 * Returns true when the session has expired, even if the expiry is not recorded yet. A registered session never
 * expires. A session that is recorded as expired stays expired when the clock of this process is behind.
 */
export function isExpired({ state, expiresAtMs }: UploadSession, nowMs: number): boolean {
  return state.kind === 'expired' || (state.kind !== 'registered' && nowMs >= expiresAtMs)
}

/**
 * Returns true when the declared type is a hint, and the bytes determine the type of the File: OpenAI's clients declare
 * `application/octet-stream` for most files, and clients of S3 guess the type from the name.
 */
export function isTypeHint({ protocol }: Pick<UploadSession, 'protocol'>): boolean {
  return protocol === 'openai' || protocol === 's3'
}

/** Returns true when clients send the parts to the storage provider, not to this service. */
export function isDirectUpload({ layout, protocol }: Pick<UploadSession, 'layout' | 'protocol'>): boolean {
  return layout === 'parts' && protocol === 'google'
}

/** Adds hashes to the announced ones; returns null when one differs from an earlier one. */
export function mergeHashes(announced: AnnouncedHashes, added: AnnouncedHashes): AnnouncedHashes | null {
  const isOther = (algorithm: DigestAlgorithm) => {
    const [before, now] = [announced[algorithm], added[algorithm]]
    return before !== null && now !== null && before !== now
  }
  if (DIGEST_ALGORITHMS.some(isOther)) return null
  return toHashes((algorithm) => announced[algorithm] ?? added[algorithm])
}

export function isSameHashes(a: AnnouncedHashes, b: AnnouncedHashes): boolean {
  return DIGEST_ALGORITHMS.every((algorithm) => a[algorithm] === b[algorithm])
}

/** Returns hashes with the value that `hashOf` returns for each algorithm. */
export function toHashes(hashOf: (algorithm: DigestAlgorithm) => string | null): AnnouncedHashes {
  return {
    crc32c: hashOf('crc32c'),
    md5: hashOf('md5'),
    sha1: hashOf('sha1'),
    sha256: hashOf('sha256'),
    sha512: hashOf('sha512'),
  }
}

/** Returns the algorithms of the announced hashes that are computed while the object is stored. */
export function hashAlgorithmsOf(announced: AnnouncedHashes): HashAlgorithm[] {
  return HASH_ALGORITHMS.filter((algorithm) => announced[algorithm] !== null)
}

/** Returns the error for a session beyond the limit of one organization. */
export function tooManySessions(limit: number): ServiceError {
  return new ServiceError(
    'TOO_MANY_OPEN_UPLOADS',
    `the organization has ${limit} unfinished upload sessions, which is the limit: register or cancel some`,
    { limit },
  )
}
