import type { ErrorCode } from '../../domain/errors.ts'

/** What the document says of an operation beside its shapes. */
export interface OperationNotes {
  readonly tag: 'Files' | 'Uploads' | 'API keys' | 'Organizations' | 'Health'
  readonly summary: string
  /** How a caller proves who they are. */
  readonly security: 'key' | 'token' | 'none'
  /** What can go wrong beside what can go wrong everywhere. */
  readonly errors: readonly ErrorCode[]
}

/** Of every operation that takes a key. */
export const KEY_ERRORS: readonly ErrorCode[] = [
  'AUTHENTICATION_REQUIRED',
  'INVALID_API_KEY',
  'API_KEY_EXPIRED',
  'API_KEY_DEACTIVATED',
  'API_KEY_PAUSED',
  'INSUFFICIENT_PERMISSIONS',
  'ORGANIZATION_ACCESS_DENIED',
  'RATE_LIMIT_EXCEEDED',
]

/** Of every operation that takes JSON. */
export const BODY_ERRORS: readonly ErrorCode[] = [
  'INVALID_JSON',
  'UNSUPPORTED_MEDIA_TYPE',
  'REQUEST_TOO_LARGE',
  'VALIDATION_ERROR',
]

/** Of every operation. */
export const COMMON_ERRORS: readonly ErrorCode[] = [
  'INVALID_REQUEST',
  'INTERNAL_ERROR',
  'SERVICE_UNAVAILABLE',
  'STORAGE_FULL',
]

const files = (summary: string, errors: readonly ErrorCode[] = []): OperationNotes => ({
  tag: 'Files',
  summary,
  security: 'key',
  errors,
})
const uploads = (summary: string, errors: readonly ErrorCode[] = []): OperationNotes => ({
  ...files(summary, errors),
  tag: 'Uploads',
})
const keys = (summary: string, errors: readonly ErrorCode[] = []): OperationNotes => ({
  ...files(summary, errors),
  tag: 'API keys',
})
const health = (summary: string): OperationNotes => ({ tag: 'Health', summary, security: 'none', errors: [] })

/** By operationId. */
export const NOTES: Readonly<Record<string, OperationNotes>> = {
  createUploadUrl: uploads('Open an upload session; the answer’s `upload_url` is where the bytes go', [
    'STORAGE_QUOTA_EXCEEDED',
    'FILE_TOO_LARGE',
    'UNSUPPORTED_FILE_TYPE',
    'STORAGE_UNAVAILABLE',
  ]),
  registerFile: files('Make a File of a finished upload; the same call again gives the same File', [
    'UPLOAD_NOT_FOUND',
    'UPLOAD_INCOMPLETE',
    'FILE_ALREADY_REGISTERED',
    'UPLOAD_SESSION_EXPIRED',
    'FILE_SIZE_MISMATCH',
    'FILE_TYPE_MISMATCH',
    'CHECKSUM_MISMATCH',
    'STORAGE_UNAVAILABLE',
  ]),
  uploadFiles: files('Upload small files directly, all or none', [
    'STORAGE_QUOTA_EXCEEDED',
    'FILE_TOO_LARGE',
    'UNSUPPORTED_FILE_TYPE',
    'UNSUPPORTED_MEDIA_TYPE',
    'VALIDATION_ERROR',
    'FILE_TYPE_MISMATCH',
    'CHECKSUM_MISMATCH',
    'STORAGE_UNAVAILABLE',
  ]),
  listFiles: files('List the files, newest first', ['VALIDATION_ERROR']),
  getFile: files('Get a file', ['FILE_NOT_FOUND']),
  deleteFile: files('Delete a file and its bytes', ['FILE_NOT_FOUND']),
  getFileContent: files('Get a URL that the bytes can be downloaded from for an hour', [
    'FILE_NOT_FOUND',
    'STORAGE_UNAVAILABLE',
  ]),
  downloadFile: {
    tag: 'Files',
    summary: 'Download the bytes, or a range of them',
    security: 'token',
    errors: [
      'TOKEN_INVALID',
      'FILE_NOT_FOUND',
      'VALIDATION_ERROR',
      'PRECONDITION_FAILED',
      'RANGE_NOT_SATISFIABLE',
      'STORAGE_UNAVAILABLE',
    ],
  },
  listUploads: uploads('List the open upload sessions, newest first', [
    'VALIDATION_ERROR',
    'STORAGE_UNAVAILABLE',
  ]),
  cancelUpload: uploads('Cancel an upload session; again is no error', [
    'UPLOAD_NOT_FOUND',
    'FILE_ALREADY_REGISTERED',
    'STORAGE_UNAVAILABLE',
  ]),
  createApiKey: keys('Create a key; its secret is shown this once'),
  listApiKeys: keys('List the keys, newest first', ['VALIDATION_ERROR']),
  getApiKey: keys('Get a key', ['API_KEY_NOT_FOUND']),
  updateApiKey: keys('Change a key’s name, scopes or expiry', ['API_KEY_NOT_FOUND', 'LAST_ADMIN_KEY']),
  deleteApiKey: keys('Delete a key', ['API_KEY_NOT_FOUND', 'LAST_ADMIN_KEY']),
  activateApiKey: keys('Make a key active', ['API_KEY_NOT_FOUND']),
  deactivateApiKey: keys('Deactivate a key', ['API_KEY_NOT_FOUND', 'LAST_ADMIN_KEY']),
  pauseApiKey: keys('Pause a key', ['API_KEY_NOT_FOUND', 'LAST_ADMIN_KEY']),
  unpauseApiKey: keys('End a key’s pause', ['API_KEY_NOT_FOUND']),
  rotateApiKey: keys('Give a key a new secret, shown this once; the old one ends', ['API_KEY_NOT_FOUND']),
  getOrganization: { ...files('Get the organization and what it stores'), tag: 'Organizations' },
  checkHealth: health('Whether the service answers'),
  checkHealthDetails: health('Whether each dependency answers, and within how many milliseconds'),
}
