import type { ApiKey, ApiKeyState, KeyStamp, Scope } from '../../domain/access/api-key.ts'
import type { AuditRow } from '../../domain/access/audit-event.ts'
import type { Organization } from '../../domain/access/organization.ts'
import { servableMediaType } from '../../domain/files/content-type/media-type.ts'
import type { File } from '../../domain/files/file.ts'
import { parseAlgorithms } from '../../domain/uploads/checksums.ts'
import type { UploadSession, UploadSessionState } from '../../domain/uploads/upload-session.ts'
import type { ClockMark } from '../records/installation.ts'

/** Row as a driver returns it. Numbers are numbers or, for large PostgreSQL types, strings of digits. */
export type Row = Readonly<Record<string, unknown>>

const text = (row: Row, column: string) => String(row[column])
const number = (row: Row, column: string) => Number(row[column])
const textOrNull = (row: Row, column: string) => (row[column] === null ? null : text(row, column))
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
    sizeBytes: number(row, 'size_bytes'),
    contentType: servableMediaType(text(row, 'content_type')),
    state: toSessionState(row),
    announced: { crc32c: textOrNull(row, 'announced_crc32c'), md5: textOrNull(row, 'announced_md5') },
    checksums: row.checksums === null ? [] : (parseAlgorithms(text(row, 'checksums')) ?? []),
    uploadHandle: textOrNull(row, 'upload_handle'),
    openedBy: toKeyStamp(row),
    protocolState: textOrNull(row, 'protocol_state'),
    createdAtMs: number(row, 'created_at_ms'),
    expiresAtMs: number(row, 'expires_at_ms'),
    fileLifetimeMs: numberOrNull(row, 'file_lifetime_ms'),
  }
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
    sizeBytes: number(row, 'size_bytes'),
    contentType: servableMediaType(text(row, 'content_type')),
    detectedContentType: textOrNull(row, 'detected_content_type'),
    objectName: text(row, 'object_name'),
    generation: text(row, 'generation'),
    crc32c: text(row, 'crc32c'),
    md5: textOrNull(row, 'md5'),
    sha256: textOrNull(row, 'sha256'),
    uploadedByApiKeyId: textOrNull(row, 'uploaded_by_api_key_id'),
    uploadedAtMs: number(row, 'uploaded_at_ms'),
    purpose: textOrNull(row, 'purpose') as File['purpose'],
    expiresAtMs: numberOrNull(row, 'expires_at_ms'),
  }
}
