import type { ApiKey, ApiKeyState, KeyStamp, Scope } from '../../domain/access/api-key.ts'
import type { AuditRow } from '../../domain/access/audit-event.ts'
import type { Organization } from '../../domain/access/organization.ts'
import type { ErrorCode } from '../../domain/errors.ts'
import { servableMediaType } from '../../domain/files/content-type/media-type.ts'
import type { File, FileMetadata } from '../../domain/files/file.ts'
import { folderOfPrefix } from '../../domain/files/folder.ts'
import type { ShareLink } from '../../domain/files/share-link.ts'
import { parseAlgorithms } from '../../domain/uploads/checksums.ts'
import type { UploadFailure, UploadSession, UploadSessionState } from '../../domain/uploads/upload-session.ts'
import type { ClockMark } from '../records/installation.ts'

/** Row as a driver returns it. Numbers are numbers or, for large PostgreSQL types, strings of digits. */
export type Row = Readonly<Record<string, unknown>>

const text = (row: Row, column: string) => String(row[column])
const number = (row: Row, column: string) => Number(row[column])
const textOrNull = (row: Row, column: string) => (row[column] === null ? null : text(row, column))
/** Events of earlier versions lack the column. */
const textOrAbsent = (row: Row, column: string) => (row[column] == null ? null : text(row, column))
const numberOrNull = (row: Row, column: string) => (row[column] === null ? null : number(row, column))

export function toOrganization(row: Row): Organization {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    isActive: row.state === 'active',
    storageLimitBytes: numberOrNull(row, 'storage_limit_bytes'),
    storageUsedBytes: number(row, 'storage_used_bytes'),
    storageReservedBytes: number(row, 'storage_reserved_bytes'),
    createdAtMs: number(row, 'created_at_ms'),
    updatedAtMs: number(row, 'updated_at_ms'),
  }
}

export function toApiKey(row: Row): ApiKey {
  return {
    id: text(row, 'id'),
    organizationId: text(row, 'organization_id'),
    name: text(row, 'name'),
    prefix: text(row, 'prefix'),
    scopes: text(row, 'scopes').split(' ') as Scope[],
    state: text(row, 'state') as ApiKeyState,
    createdBy: textOrNull(row, 'created_by'),
    createdAtMs: number(row, 'created_at_ms'),
    expiresAtMs: numberOrNull(row, 'expires_at_ms'),
    lastUsedAtMs: numberOrNull(row, 'last_used_at_ms'),
    generation: number(row, 'generation'),
  }
}

export function toUploadSession(row: Row): UploadSession {
  return {
    fileId: text(row, 'file_id'),
    organizationId: text(row, 'organization_id'),
    objectName: text(row, 'object_name'),
    filename: text(row, 'filename'),
    sizeBytes: number(row, 'is_length_deferred') === 1 ? null : number(row, 'size_bytes'),
    reservedBytes: number(row, 'size_bytes'),
    maxSizeBytes: numberOrNull(row, 'max_size_bytes') ?? number(row, 'size_bytes'),
    contentType: servableMediaType(text(row, 'content_type')),
    state: toSessionState(row),
    failure: toFailure(row),
    protocol: text(row, 'protocol') as UploadSession['protocol'],
    layout: text(row, 'layout') as UploadSession['layout'],
    registers: text(row, 'registers') as UploadSession['registers'],
    metadata: textOrNull(row, 'metadata'),
    announced: {
      crc32c: textOrNull(row, 'announced_crc32c'),
      md5: textOrNull(row, 'announced_md5'),
      sha1: textOrNull(row, 'announced_sha1'),
      sha256: textOrNull(row, 'announced_sha256'),
      sha512: textOrNull(row, 'announced_sha512'),
    },
    checksums: row.checksums === null ? [] : (parseAlgorithms(text(row, 'checksums')) ?? []),
    uploadHandle: textOrNull(row, 'upload_handle'),
    openedBy: toKeyStamp(row),
    openedByUser: textOrNull(row, 'user_id'),
    protocolState: textOrNull(row, 'protocol_state'),
    createdAtMs: number(row, 'created_at_ms'),
    expiresAtMs: number(row, 'expires_at_ms'),
    fileLifetimeMs: numberOrNull(row, 'file_lifetime_ms'),
    purpose: textOrNull(row, 'file_purpose') as UploadSession['purpose'],
    sharesBytesOf: textOrNull(row, 'shares_bytes_of'),
    path: folderOfPrefix(text(row, 'file_path')),
    fileMetadata: toMetadata(row, 'file_metadata'),
  }
}

function toFailure(row: Row): UploadFailure | null {
  const code = textOrNull(row, 'failure_code')
  return code === null ? null : { code: code as ErrorCode, message: text(row, 'failure_message') }
}

function toKeyStamp(row: Row): KeyStamp | null {
  const apiKeyId = textOrNull(row, 'api_key_id')
  return apiKeyId === null ? null : { apiKeyId, generation: number(row, 'api_key_generation') }
}

export function toSessionState(row: Row): UploadSessionState {
  return { kind: text(row, 'state') as UploadSessionState['kind'] }
}

export function toClockMark(row: Row): ClockMark {
  return { latestMs: number(row, 'latest_ms'), resets: number(row, 'resets') }
}

export function toAuditRow(row: Row): AuditRow {
  return {
    timeMs: number(row, 'time_ms'),
    organizationId: textOrNull(row, 'organization_id'),
    actor: textOrNull(row, 'actor'),
    action: text(row, 'action'),
    target: textOrNull(row, 'target'),
    outcome: text(row, 'outcome'),
    traceId: text(row, 'trace_id'),
    clientAddress: textOrNull(row, 'client_address'),
    count: number(row, 'count'),
  }
}

export function toFile(row: Row): File {
  return {
    id: text(row, 'id'),
    organizationId: text(row, 'organization_id'),
    filename: text(row, 'filename'),
    path: folderOfPrefix(text(row, 'path')),
    metadata: toMetadata(row, 'metadata'),
    sizeBytes: number(row, 'size_bytes'),
    contentType: servableMediaType(text(row, 'content_type')),
    detectedContentType: textOrNull(row, 'detected_content_type'),
    objectName: text(row, 'object_name'),
    generation: text(row, 'generation'),
    crc32c: text(row, 'crc32c'),
    md5: textOrNull(row, 'md5'),
    sha256: textOrNull(row, 'sha256'),
    uploadedByApiKeyId: textOrNull(row, 'uploaded_by_api_key_id'),
    uploadedBy: textOrAbsent(row, 'uploaded_by'),
    uploadedAtMs: number(row, 'uploaded_at_ms'),
    purpose: textOrNull(row, 'purpose') as File['purpose'],
    expiresAtMs: numberOrNull(row, 'expires_at_ms'),
    damagedAtMs: numberOrNull(row, 'damaged_at_ms'),
    sharesBytesOf: textOrNull(row, 'shares_bytes_of'),
    trashedAtMs: numberOrNull(row, 'trashed_at_ms'),
  }
}

export function toShareLink(row: Row): ShareLink {
  return {
    id: text(row, 'id'),
    organizationId: text(row, 'organization_id'),
    fileId: text(row, 'file_id'),
    createdBy: toKeyStamp(row),
    createdAtMs: number(row, 'created_at_ms'),
    expiresAtMs: numberOrNull(row, 'expires_at_ms'),
    maxDownloads: numberOrNull(row, 'max_downloads'),
    downloads: number(row, 'downloads'),
    lastDownloadAtMs: numberOrNull(row, 'last_download_at_ms'),
  }
}

function toMetadata(row: Row, column: string): FileMetadata {
  const json = textOrNull(row, column)
  return json === null ? {} : (JSON.parse(json) as FileMetadata)
}

/** Returns the column of a File's metadata; null for none. */
export function metadataColumn(metadata: FileMetadata): string | null {
  return Object.keys(metadata).length === 0 ? null : JSON.stringify(metadata)
}
