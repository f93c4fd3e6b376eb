import { crc32c } from '../crc32c/crc32c.ts'
import { crc32cText } from '../crc32c/crc32c-text.ts'
import { ChecksumError } from '../errors.ts'
import { followSignal } from '../follow-signal.ts'
import { isTransient } from '../retry.ts'
import { findsUploaded } from './direct-upload.ts'
import { folderAndMetadata } from './folder-and-metadata.ts'

/** Functions of the library that the upload of parts uses. It does not import them, see `upload-in-parallel.ts`. */
export const PART_TOOLS = {
  crc32c,
  crc32cText,
  ChecksumError,
  followSignal,
  isTransient,
  findsUploaded,
  folderAndMetadata,
}
export type PartTools = typeof PART_TOOLS
