import type { Scope } from '../../../domain/access/api-key.ts'
import type { ErrorCode } from '../../../domain/errors.ts'
import type { Tag } from './tags.ts'

/** What the document says of an operation beside its shapes. */
export interface OperationNotes {
  readonly tag: Tag
  readonly summary: string
  /** What a caller has to know beyond it. */
  readonly description?: string
  /** How a caller proves who they are. */
  readonly security: 'key' | 'token' | 'none'
  /** What the key must be allowed to do; null where any key will do, or none is needed. */
  readonly scope: Scope | null
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
  'REQUEST_TIMEOUT',
  'VALIDATION_ERROR',
]

/** Of every operation. */
export const COMMON_ERRORS: readonly ErrorCode[] = [
  'INVALID_REQUEST',
  'INTERNAL_ERROR',
  'SERVICE_UNAVAILABLE',
  'STORAGE_FULL',
]

type Kind = Pick<OperationNotes, 'tag' | 'security' | 'scope'>

const READS_FILES: Kind = { tag: 'Files', security: 'key', scope: 'files:read' }
const WRITES_FILES: Kind = { tag: 'Files', security: 'key', scope: 'files:write' }
const READS_UPLOADS: Kind = { ...READS_FILES, tag: 'Uploads' }
const WRITES_UPLOADS: Kind = { ...WRITES_FILES, tag: 'Uploads' }
const KEYS: Kind = { tag: 'API keys', security: 'key', scope: 'admin' }
const HEALTH: Kind = { tag: 'Health', security: 'none', scope: null }

/** By operationId. */
export const NOTES: Readonly<Record<string, OperationNotes>> = {
  createUploadUrl: {
    ...WRITES_UPLOADS,
    summary: 'Open an upload session; the answer’s `upload_url` is where the bytes go',
    description:
      'The size is taken from the organization’s quota until the file is registered, or the session ends. ' +
      'Sending the bytes needs no key: the URL is the credential. An organization has a limited number of unfinished ' +
      'sessions, 10,000 where the operator set no other limit; one more is refused with 429 `RATE_LIMIT_EXCEEDED`, ' +
      'and `details.limit` is that number.',
    errors: ['STORAGE_QUOTA_EXCEEDED', 'FILE_TOO_LARGE', 'UNSUPPORTED_FILE_TYPE', 'STORAGE_UNAVAILABLE'],
  },
  registerFile: {
    ...WRITES_FILES,
    summary: 'Make a File of a finished upload; the same call again gives the same File',
    description:
      'Checks that all bytes are there, that there are as many as were declared, and that they do not contradict the ' +
      'type that was declared. What is refused stays until the session expires, so that the call can be corrected.',
    errors: [
      'UPLOAD_NOT_FOUND',
      'UPLOAD_INCOMPLETE',
      'FILE_ALREADY_REGISTERED',
      'UPLOAD_SESSION_EXPIRED',
      'FILE_SIZE_MISMATCH',
      'FILE_TYPE_MISMATCH',
      'CHECKSUM_MISMATCH',
      'STORAGE_UNAVAILABLE',
    ],
  },
  uploadFiles: {
    ...WRITES_FILES,
    summary: 'Upload small files directly, all or none',
    description:
      'For files that need no resuming, 100 MB each where the operator set no other limit, and for empty files, which a ' +
      'session does not take. The same checks are made as when an upload is registered; an empty file may have any type. ' +
      'A part without a Content-Type has no declared type: it is detected by the signature, the file extension, and ' +
      'whether the bytes are text. Of a path as file name the last segment counts, `filename*` wins over `filename`, and ' +
      'parts of other names are ignored. At most 100 parts.',
    errors: [
      'STORAGE_QUOTA_EXCEEDED',
      'FILE_TOO_LARGE',
      'UNSUPPORTED_FILE_TYPE',
      'UNSUPPORTED_MEDIA_TYPE',
      'VALIDATION_ERROR',
      'FILE_TYPE_MISMATCH',
      'CHECKSUM_MISMATCH',
      'STORAGE_UNAVAILABLE',
    ],
  },
  listFiles: {
    ...READS_FILES,
    summary: 'List the files, newest first',
    description:
      'Go on with `after` and the answer’s `next_cursor`: it costs the same however far it goes. Page numbers end at ' +
      'entry 10,000; a deeper page is refused with 422 `VALIDATION_ERROR`.',
    errors: ['VALIDATION_ERROR'],
  },
  getFile: { ...READS_FILES, summary: 'Get a file', errors: ['FILE_NOT_FOUND'] },
  deleteFile: { ...WRITES_FILES, summary: 'Delete a file and its bytes', errors: ['FILE_NOT_FOUND'] },
  getFileContent: {
    ...READS_FILES,
    summary: 'Get a URL that the bytes can be downloaded from for an hour',
    description:
      'The URL needs no key, so that a browser can open it. It can be revoked with the key that asked for it, unless the ' +
      'bytes are at a provider, whose URL ends by itself.',
    errors: ['FILE_NOT_FOUND', 'STORAGE_UNAVAILABLE'],
  },
  downloadFile: {
    tag: 'Files',
    security: 'token',
    scope: null,
    summary: 'Download the bytes, or a range of them',
    description:
      'The URL is the `download_url` that was handed out, and needs no key. HEAD answers with the same headers. Each ' +
      'block is checked as it is read: where one is damaged the connection ends early, and no wrong byte is sent.',
    errors: [
      'TOKEN_INVALID',
      'ORGANIZATION_ACCESS_DENIED',
      'FILE_NOT_FOUND',
      'VALIDATION_ERROR',
      'PRECONDITION_FAILED',
      'RANGE_NOT_SATISFIABLE',
      'STORAGE_UNAVAILABLE',
    ],
  },
  listUploads: {
    ...READS_UPLOADS,
    summary: 'List the open upload sessions, newest first',
    description: 'Their URLs, which are credentials, are not in it.',
    errors: ['VALIDATION_ERROR', 'STORAGE_UNAVAILABLE'],
  },
  cancelUpload: {
    ...WRITES_UPLOADS,
    summary: 'Cancel an upload session; again is no error',
    description: 'What it has stored is removed, and its size is given back to the quota.',
    errors: ['UPLOAD_NOT_FOUND', 'FILE_ALREADY_REGISTERED', 'STORAGE_UNAVAILABLE'],
  },
  createApiKey: { ...KEYS, summary: 'Create a key; its secret is shown this once', errors: [] },
  listApiKeys: { ...KEYS, summary: 'List the keys, newest first', errors: ['VALIDATION_ERROR'] },
  getApiKey: { ...KEYS, summary: 'Get a key', errors: ['API_KEY_NOT_FOUND'] },
  updateApiKey: {
    ...KEYS,
    summary: 'Change a key’s name, scopes or expiry',
    description: 'What the body leaves out stays as it is.',
    errors: ['API_KEY_NOT_FOUND', 'LAST_ADMIN_KEY'],
  },
  deleteApiKey: {
    ...KEYS,
    summary: 'Delete a key',
    description:
      'By default its unfinished upload sessions end and its download URLs are refused, both at once. Keys that it created ' +
      'go on to work and are listed. The last key that may manage keys is not deleted, deactivated or paused.',
    errors: ['API_KEY_NOT_FOUND', 'LAST_ADMIN_KEY'],
  },
  activateApiKey: { ...KEYS, summary: 'Make a key active', errors: ['API_KEY_NOT_FOUND'] },
  deactivateApiKey: {
    ...KEYS,
    summary: 'Deactivate a key',
    description:
      'Requests with it are refused until it is made active again. By default its upload sessions and download URLs go on; ' +
      '`end_sessions` and `revoke_links` end those that it has made so far. Keys that it created are listed.',
    errors: ['API_KEY_NOT_FOUND', 'LAST_ADMIN_KEY'],
  },
  pauseApiKey: {
    ...KEYS,
    summary: 'Pause a key',
    description: 'Requests with it are refused until its pause ends. A key that is deactivated stays so.',
    errors: ['API_KEY_NOT_FOUND', 'LAST_ADMIN_KEY'],
  },
  unpauseApiKey: { ...KEYS, summary: 'End a key’s pause', errors: ['API_KEY_NOT_FOUND'] },
  rotateApiKey: {
    ...KEYS,
    summary: 'Give a key a new secret, shown this once; the old one ends',
    description:
      'Its id, name and scopes stay, and so do its upload sessions and download URLs: deactivate it with `end_sessions` and ' +
      '`revoke_links` first where the old secret may be in the wrong hands.',
    errors: ['API_KEY_NOT_FOUND'],
  },
  getOrganization: {
    tag: 'Organizations',
    security: 'key',
    scope: null,
    summary: 'Get the organization and what it stores',
    errors: [],
  },
  checkHealth: { ...HEALTH, summary: 'Whether the service answers', errors: [] },
  checkHealthDetails: {
    ...HEALTH,
    summary: 'Whether each dependency answers, and within how many milliseconds',
    errors: [],
  },
}
