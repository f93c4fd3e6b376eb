// Made of api/openapi.json by «npm run openapi»: change nothing here.

export type ErrorCode =
  | 'INVALID_REQUEST'
  | 'INTERNAL_ERROR'
  | 'SERVICE_UNAVAILABLE'
  | 'STORAGE_FULL'
  | 'AUTHENTICATION_REQUIRED'
  | 'INVALID_API_KEY'
  | 'API_KEY_EXPIRED'
  | 'API_KEY_DEACTIVATED'
  | 'API_KEY_PAUSED'
  | 'INSUFFICIENT_PERMISSIONS'
  | 'ORGANIZATION_ACCESS_DENIED'
  | 'RATE_LIMIT_EXCEEDED'
  | 'INVALID_JSON'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'REQUEST_TOO_LARGE'
  | 'REQUEST_TIMEOUT'
  | 'VALIDATION_ERROR'
  | 'API_KEY_NOT_FOUND'
  | 'LAST_ADMIN_KEY'
  | 'UPLOAD_NOT_FOUND'
  | 'UPLOAD_INCOMPLETE'
  | 'FILE_ALREADY_REGISTERED'
  | 'UPLOAD_SESSION_EXPIRED'
  | 'FILE_SIZE_MISMATCH'
  | 'FILE_TYPE_MISMATCH'
  | 'CHECKSUM_MISMATCH'
  | 'STORAGE_UNAVAILABLE'
  | 'FILE_NOT_FOUND'
  | 'STORAGE_QUOTA_EXCEEDED'
  | 'FILE_TOO_LARGE'
  | 'UNSUPPORTED_FILE_TYPE'
  | 'TOKEN_INVALID'
  | 'PRECONDITION_FAILED'
  | 'RANGE_NOT_SATISFIABLE'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'

export type Scope = 'files:read' | 'files:write' | 'vector_stores:read' | 'vector_stores:write' | 'admin'

export interface ApiKey {
  readonly id: string
  readonly key_prefix: string
  readonly organization_id: string
  readonly key_name: string
  readonly is_active: boolean
  readonly scopes: readonly Scope[]
  readonly created_by: string | null
  readonly created_at: string
  readonly expires_at: string | null
  readonly is_paused: boolean
  readonly last_used_at: string | null
}

export interface Organization {
  readonly id: string
  readonly name: string
  readonly type: 'Work'
  readonly is_active: boolean
  readonly storage_limit_bytes: number | null
  readonly storage_free_bytes_allowance: number | null
  readonly storage_used_bytes: number
  readonly storage_reserved_bytes: number
  readonly api_usage_limit: null
  readonly total_usage_limit: null
  readonly created_at: string
  readonly updated_at: string
}

export interface WaybillFile {
  readonly id: string
  readonly original_filename: string
  readonly file_size: number
  readonly mime_type: string
  readonly detected_mime_type: string | null
  readonly storage_path: string
  readonly organization_id: string
  readonly uploaded_by: string | null
  readonly uploaded_by_api_key_id: string | null
  readonly uploaded_at: string
  readonly crc32c: string
  readonly md5: string | null
  readonly sha256: string | null
}

export interface OpenUpload {
  readonly file_id: string
  readonly filename: string
  readonly file_size: number
  readonly received_bytes: number | null
  readonly created_at: string
  readonly expires_at: string
}

export interface CreateApiKeyBody {
  readonly key_name: string
  readonly scopes?: readonly Scope[] | null
  readonly expires_at?: string | null
}

export interface CreateApiKeyAnswer {
  readonly id: string
  readonly key_prefix: string
  readonly organization_id: string
  readonly key_name: string
  readonly is_active: boolean
  readonly scopes: readonly Scope[]
  readonly created_by: string | null
  readonly created_at: string
  readonly expires_at: string | null
  readonly is_paused: boolean
  readonly last_used_at: string | null
  readonly key: string
}

export interface ListApiKeysQuery {
  readonly page?: number
  readonly page_size?: number
  readonly after?: string
}

export interface ListApiKeysAnswer {
  readonly api_keys: readonly ApiKey[]
  readonly keys: readonly ApiKey[]
  readonly total: number
  readonly page: number
  readonly page_size: number
  readonly has_more: boolean
  readonly next_cursor: string | null
}

export interface UpdateApiKeyBody {
  readonly key_name?: string
  readonly scopes?: readonly Scope[] | null
  readonly expires_at?: string | null
}

export interface DeleteApiKeyQuery {
  readonly end_sessions?: boolean
  readonly revoke_links?: boolean
}

export interface DeleteApiKeyAnswer {
  readonly success: true
  readonly message: string
  readonly created_keys: readonly ApiKey[]
  readonly created_keys_total: number
}

export interface DeactivateApiKeyQuery {
  readonly end_sessions?: boolean
  readonly revoke_links?: boolean
}

export interface DeactivateApiKeyAnswer {
  readonly success: true
  readonly message: string
  readonly id: string
  readonly key_prefix: string
  readonly organization_id: string
  readonly key_name: string
  readonly is_active: boolean
  readonly scopes: readonly Scope[]
  readonly created_by: string | null
  readonly created_at: string
  readonly expires_at: string | null
  readonly is_paused: boolean
  readonly last_used_at: string | null
  readonly created_keys: readonly ApiKey[]
  readonly created_keys_total: number
}

export interface ActivateApiKeyAnswer {
  readonly success: true
  readonly message: string
  readonly id: string
  readonly key_prefix: string
  readonly organization_id: string
  readonly key_name: string
  readonly is_active: boolean
  readonly scopes: readonly Scope[]
  readonly created_by: string | null
  readonly created_at: string
  readonly expires_at: string | null
  readonly is_paused: boolean
  readonly last_used_at: string | null
}

export interface RotateApiKeyAnswer {
  readonly success: true
  readonly message: string
  readonly id: string
  readonly key_prefix: string
  readonly organization_id: string
  readonly key_name: string
  readonly is_active: boolean
  readonly scopes: readonly Scope[]
  readonly created_by: string | null
  readonly created_at: string
  readonly expires_at: string | null
  readonly is_paused: boolean
  readonly last_used_at: string | null
  readonly key: string
  readonly old_key_id: string
  readonly new_key: CreateApiKeyAnswer
}

export interface RegisterFileBody {
  readonly filename: string
  readonly gcs_path: string
  readonly file_size: number
  readonly mime_type: string
  readonly crc32c?: string
}

export interface ListFilesQuery {
  readonly page?: number
  readonly limit?: number
  readonly after?: string
}

export interface ListFilesAnswer {
  readonly files: readonly WaybillFile[]
  readonly total: number
  readonly page: number
  readonly limit: number
  readonly has_more: boolean
  readonly next_cursor: string | null
}

export interface GetFileContentAnswer {
  readonly file_id: string
  readonly filename: string
  readonly mime_type: string
  readonly file_size: number
  readonly download_url: string
}

export interface CreateUploadUrlBody {
  readonly filename: string
  readonly file_size: number
  readonly mime_type: string
  readonly upload_type?: 'resumable' | 'simple' | 'standard'
  readonly checksums?: readonly ('md5' | 'sha256')[]
}

export interface CreateUploadUrlAnswer {
  readonly upload_url: string
  readonly gcs_path: string
  readonly file_id: string
  readonly expires_at: string
  readonly max_file_size: number
  readonly upload_type: 'resumable'
  readonly chunk_size_recommended: number
}

export interface ListUploadsAnswer {
  readonly uploads: readonly OpenUpload[]
  readonly total: number
  readonly page: number
  readonly limit: number
  readonly has_more: boolean
  readonly next_cursor: string | null
}

export type UploadFilesAnswer =
  | {
      readonly files: readonly WaybillFile[]
      readonly id?: string
      readonly original_filename?: string
      readonly file_size?: number
      readonly mime_type?: string
      readonly detected_mime_type?: string | null
      readonly storage_path?: string
      readonly organization_id?: string
      readonly uploaded_by?: string | null
      readonly uploaded_by_api_key_id?: string | null
      readonly uploaded_at?: string
      readonly crc32c?: string
      readonly md5?: string | null
      readonly sha256?: string | null
    }
  | WaybillFile
