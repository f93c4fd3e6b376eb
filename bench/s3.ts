import { AwsClient } from 'aws4fetch'
import { freePort } from '../packages/server/test/free-port.ts'
import { issueCredentials } from '../packages/server/test/s3/issue-credentials.ts'
import { ORGANIZATION, startWaybill, type Waybill } from './waybill.ts'

/** A server for clients of S3. */
export interface S3Server extends Pick<Waybill, 'process' | 'dataDirectory'> {
  /** Returns a presigned URL for the key, so that the load generator needs no signer. */
  presign(method: 'GET' | 'PUT', key: string): Promise<string>
}

/** A server that also listens for clients of S3. */
export type S3Waybill = Waybill & S3Server

const EXPIRES_SECONDS = 86_400

/** Starts a server for a new installation in the folder, with credentials for S3. */
export async function startS3Waybill(
  directory: string,
  env: Readonly<Record<string, string>> = {},
): Promise<S3Waybill> {
  const endpoint = `127.0.0.1:${await freePort()}`
  const waybill = await startWaybill(directory, { S3_LISTEN: endpoint, ...env })
  const baseUrl = `${waybill.url}/v1/organizations/${ORGANIZATION}`
  const client = new AwsClient({
    ...(await issueCredentials(baseUrl, waybill.apiKey)),
    service: 's3',
    region: 'us-east-1',
  })
  const bucket = ORGANIZATION.replace('_', '-')
  return { ...waybill, presign: presignWith(client, `http://${endpoint}/${bucket}`) }
}

/** Returns `presign` of a server for the keys of a bucket. */
export function presignWith(client: AwsClient, bucketUrl: string): S3Server['presign'] {
  return async (method, key) => {
    const url = `${bucketUrl}/${key}?X-Amz-Expires=${EXPIRES_SECONDS}`
    return (await client.sign(url, { method, aws: { signQuery: true } })).url
  }
}
