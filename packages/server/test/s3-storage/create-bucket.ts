import { randomUUID } from 'node:crypto'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import type { S3Location } from '../../src/storage/s3/s3-location.ts'

/** Address and credentials of an S3 server. */
export interface S3Server {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Creates a bucket, and returns its location. */
export async function createBucket(server: S3Server, prefix = ''): Promise<S3Location> {
  const { endpoint, accessKeyId, secretAccessKey } = server
  const credentials = { accessKeyId, secretAccessKey }
  const bucket = `storage-${randomUUID()}`
  const region = 'default'
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials })
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  client.destroy()
  return { bucket, prefix, endpoint, region, isPathStyle: true, isDirect: false, credentials }
}

/** Returns the settings with which a service stores bytes there. */
export function settingsOf(location: S3Location): Record<string, string> {
  const { bucket, prefix, endpoint, region, isDirect, credentials } = location
  return {
    STORAGE_URL: `s3://${bucket}/${prefix}?endpoint=${endpoint}&region=${region}&direct=${isDirect}`,
    S3_ACCESS_KEY_ID: credentials?.accessKeyId ?? '',
    S3_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? '',
  }
}
