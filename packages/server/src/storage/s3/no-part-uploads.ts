import { ServiceError } from '../../domain/errors.ts'
import type { PartUploads } from '../part-uploads.ts'

/** Uploads of parts on S3 are refused: the order of parts is known only at their end, and S3 joins them by number. */
export const NO_PART_UPLOADS: PartUploads = {
  isAvailable: false,
  write: refuse,
  link: refuse,
  list: refuse,
  complete: refuse,
}

async function refuse(): Promise<never> {
  throw new ServiceError('INVALID_REQUEST', 'uploads of parts are not available with S3 storage')
}
