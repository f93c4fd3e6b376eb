import type { UploadSessionState } from './upload-session.ts'

/** What the records say an object's name stands for; null when they say nothing. */
export type ObjectUse = 'file' | 'deleted-file' | UploadSessionState['kind'] | null
