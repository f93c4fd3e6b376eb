import { S3Client } from '@aws-sdk/client-s3'
import type { S3Location } from './s3-location.ts'

const CONNECTION_TIMEOUT_MS = 4000

/**
 * Creates a client without retries: its own have no deadline. Checksums of AWS's newer protocol are off, because many
 * servers ignore or refuse them; `Content-MD5` is sent instead.
 */
export function createS3Client({ endpoint, region, isPathStyle, credentials }: S3Location): S3Client {
  return new S3Client({
    region,
    forcePathStyle: isPathStyle,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      httpsAgent: { maxSockets: 256 },
      httpAgent: { maxSockets: 256 },
    },
    ...(endpoint !== null && { endpoint }),
    ...(credentials !== null && { credentials }),
  })
}
