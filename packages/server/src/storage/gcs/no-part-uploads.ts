import { ServiceError } from '../../domain/errors.ts'
import type { PartUploads } from '../part-uploads.ts'

/**
 * Uploads of parts on Google Cloud Storage are refused. A compose of Google joins at most 32 objects at a time and gives
 * the result no MD5, and clients upload to Google directly.
 */
export const NO_PART_UPLOADS: PartUploads = {
  isAvailable: false,
  write: refuse,
  link: refuse,
  list: refuse,
  complete: refuse,
}

async function refuse(): Promise<never> {
  throw new ServiceError('INVALID_REQUEST', 'uploads of parts are not available with Google Cloud Storage')
}
