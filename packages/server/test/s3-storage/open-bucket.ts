import type { HostedStorage } from '../../src/storage/object-storage.ts'
import type { S3Location } from '../../src/storage/s3/s3-location.ts'
import { openS3Storage, type S3StorageOptions } from '../../src/storage/s3/s3-storage.ts'

const MAX_FILE_BYTES = 5_000_000_000

/** Opens the storage as the service does. */
export function openBucket(location: S3Location, options: S3StorageOptions = {}): Promise<HostedStorage> {
  const budget = { heldBytes: 0, limitBytes: 16 * 1024 * 1024 }
  return openS3Storage(location, MAX_FILE_BYTES, budget, options)
}
