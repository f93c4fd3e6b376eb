import type { UploadSessionState } from './upload-session.ts'

/** Record that uses an object's name; null when there is none. */
export type ObjectUse = 'file' | 'deleted-file' | UploadSessionState['kind'] | null
