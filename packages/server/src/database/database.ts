import type { ApiKey, Scope } from '../domain/api-key.ts'
import type { File } from '../domain/file.ts'
import type { Organization } from '../domain/organization.ts'
import type { AnnouncedHashes, UploadSession } from '../domain/upload-session.ts'

/**
 * The records. Every method about an organization's things takes its id first and sees nothing of any other's;
 * `credentials` is where a secret tells which organization it is, and `installation` is the operator's.
 * A change is durable when its promise resolves, and each method is one transaction.
 * Every method throws STORAGE_FULL when there is no space and SERVICE_UNAVAILABLE when the database is.
 */
export interface Database {
  readonly kind: 'sqlite'
  readonly installation: InstallationRecords
  readonly credentials: CredentialRecords
  readonly organizations: OrganizationRecords
  readonly uploadSessions: UploadSessionRecords
  readonly files: FileRecords
  /** Resolves when the database answers. */
  check(): Promise<void>
  close(): Promise<void>
}

export interface InstallationRecords {
  /** The secret of that name: the one that stands, or `candidate` where none did. */
  secret(name: string, candidate: string): Promise<string>
  /** Adds the organization and its first key, both or neither; false when the id is taken. */
  createOrganization(organization: Organization, key: NewApiKey): Promise<boolean>
  hasOrganizations(): Promise<boolean>
}

export interface NewApiKey {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly secretSha256: string
  readonly scopes: readonly Scope[]
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
}

/** Look-ups by the hash of a secret, whichever organization it belongs to. */
export interface CredentialRecords {
  findApiKey(secretSha256: string): Promise<ApiKey | null>
  findUploadSession(uploadIdSha256: string): Promise<UploadSession | null>
}

export interface OrganizationRecords {
  find(organizationId: string): Promise<Organization | null>
  /** Notes that the key was used, unless that was noted after `unlessAfterMs`. */
  touchApiKey(organizationId: string, keyId: string, nowMs: number, unlessAfterMs: number): Promise<void>
}

export interface UploadSessionRecords {
  /** Adds the session and reserves its size; false, and nothing changed, when the quota does not allow it. */
  create(organizationId: string, session: UploadSession, uploadIdSha256: string): Promise<boolean>
  findByFileId(organizationId: string, fileId: string): Promise<UploadSession | null>
  findByObjectName(organizationId: string, objectName: string): Promise<UploadSession | null>
  /** Sessions that can still be sent to or registered, newest first. */
  list(organizationId: string, nowMs: number, page: PageRequest): Promise<Page<UploadSession>>
  /** Adds hashes that the sender announced, where none stands yet; all that stand afterwards. */
  announce(organizationId: string, fileId: string, hashes: AnnouncedHashes): Promise<AnnouncedHashes | null>
  /** From open to refusing every later data request. Any other state stays. */
  refuseSmallChunks(organizationId: string, fileId: string, bodyBytes: number): Promise<void>
  /** Ends an unfinished session for good. Any other state stays. */
  kill(organizationId: string, fileId: string): Promise<void>
  /** Cancels an unfinished session and gives its reservation back; the session as it is afterwards. */
  cancel(organizationId: string, fileId: string, nowMs: number): Promise<UploadSession | null>
}

export interface FileRecords {
  /**
   * Adds the file of an unfinished session and turns its reservation into use. The file that stands under the
   * id afterwards: this one, or the one that was registered first; null where neither can be, because
   * the session was cancelled or the file deleted.
   */
  register(organizationId: string, file: File): Promise<File | null>
  find(organizationId: string, fileId: string): Promise<File | null>
  /** Also a deleted one's place in the list. */
  findPosition(organizationId: string, fileId: string): Promise<ListPosition | null>
  /** Newest first. */
  list(organizationId: string, page: PageRequest): Promise<Page<File>>
  /** Marks it deleted and gives its space back; the file, or null when there is none. */
  delete(organizationId: string, fileId: string, nowMs: number): Promise<File | null>
}

/** A place in a list that is ordered by time, then id, both descending. */
export interface ListPosition {
  readonly timeMs: number
  readonly id: string
}

export interface PageRequest {
  readonly limit: number
  /** Entries to pass over; the cost grows with it. */
  readonly skip: number
  /** Begins behind this place, at a cost that does not depend on how deep it is. */
  readonly after: ListPosition | null
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Of all pages. */
  readonly total: number
  readonly hasMore: boolean
}
