import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { DelegatedDownloads } from '../delegated-uploads.ts'
import { keyOf } from './object-key.ts'
import type { S3Calls } from './s3-calls.ts'
import type { S3Location } from './s3-location.ts'

/**
 * Creates downloads with presigned URLs. A URL cannot name a version of the object, and need not: no name is used twice.
 */
export function createS3Downloads(
  client: S3Client,
  { bucket, prefix }: Pick<S3Location, 'bucket' | 'prefix'>,
  calls: S3Calls,
): DelegatedDownloads {
  return {
    url: ({ name }, { expiresAtSeconds, contentType, contentDisposition }) =>
      calls.run('s3:GetObject', () => {
        const command = new GetObjectCommand({
          Bucket: bucket,
          Key: prefix + keyOf(name),
          ResponseContentType: contentType,
          ResponseContentDisposition: contentDisposition,
        })
        const expiresIn = Math.max(1, expiresAtSeconds - Math.floor(Date.now() / 1000))
        return getSignedUrl(client, command, { expiresIn })
      }),
  }
}
