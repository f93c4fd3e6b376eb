import type { StorageChoice } from '../../src/config.ts'
import type { S3Location } from '../../src/storage/s3/s3-location.ts'

type S3Choice = Extract<StorageChoice, { kind: 's3' }>

/** Returns the choice of this storage in the settings of a service. */
export function choiceOf(location: S3Location): S3Choice {
  return { kind: 's3', ...location, maxFileBytes: 5_000_000_000, isShared: true }
}
