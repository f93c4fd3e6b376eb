import type { UploadSessionState } from './upload-session.ts'

/** Record that uses an object's name; null when there is none. `refused`: a session whose content was refused. */
export type ObjectUse = 'file' | 'deleted-file' | 'refused' | UploadSessionState['kind'] | null
