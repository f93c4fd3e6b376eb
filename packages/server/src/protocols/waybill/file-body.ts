import type { File } from '../../domain/files/file.ts'
import type { FileBody } from './contract/files.ts'

/** A file as it is on the wire. */
export function toFileBody(file: File): FileBody {
  return {
    id: file.id,
    original_filename: file.filename,
    file_size: file.sizeBytes,
    mime_type: file.contentType,
    detected_mime_type: file.detectedContentType,
    storage_path: file.objectName,
    organization_id: file.organizationId,
    uploaded_by: null,
    uploaded_by_api_key_id: file.uploadedByApiKeyId,
    uploaded_at: new Date(file.uploadedAtMs).toISOString(),
    crc32c: file.crc32c,
    md5: file.md5,
    sha256: file.sha256,
  }
}
