import type { WaybillFile } from '../api-types.ts'

/** Result of an upload: the File, and how it got its bytes. */
export interface UploadedFile extends WaybillFile {
  /** True when the organization had stored the content before: the File shares it, and no bytes were needed. */
  readonly alreadyStored: boolean
}
