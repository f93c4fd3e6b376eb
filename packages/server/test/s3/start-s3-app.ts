import assert from 'node:assert/strict'
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { defaultBucketName } from '../../src/domain/files/bucket.ts'
import { type AppOptions, startApp, type TestApp } from '../start-app.ts'
import { issueCredentials, type S3Credentials } from './issue-credentials.ts'

export interface S3TestApp extends TestApp {
  readonly s3Url: string
  readonly credentials: S3Credentials
  /** Default bucket of the organization. */
  readonly bucket: string
  readonly client: S3Client
  /** Creates a key with these scopes, and a client with its credentials. */
  newClient(scopes: readonly string[], options?: S3ClientConfig): Promise<S3Client>
  /** Creates another organization with its own client. */
  newOrganization(): Promise<{ readonly client: S3Client; readonly bucket: string }>
}

/** Starts the service with its interface for S3, and a client with all scopes. */
export async function startS3App(options: AppOptions = {}): Promise<S3TestApp> {
  const app = await startApp({ ...options, env: { S3_LISTEN: '127.0.0.1:0', ...options.env } })
  const { s3Url } = app
  assert.ok(s3Url !== null)
  const credentials = await issueCredentials(app.baseUrl, app.apiKey)
  const clients: S3Client[] = []
  const clientOf = (credentials: S3Credentials, config: S3ClientConfig = {}) => {
    const client = createS3Client(s3Url, credentials, config)
    clients.push(client)
    return client
  }
  return {
    ...app,
    s3Url,
    credentials,
    bucket: defaultBucketName(app.organizationId),
    client: clientOf(credentials),
    newClient: async (scopes, config) =>
      clientOf(await issueCredentials(app.baseUrl, app.apiKey, scopes), config),
    newOrganization: async () => {
      const id = `org_${process.hrtime.bigint().toString(36)}`
      const { apiKey } = await app.addOrganization(id)
      const own = await issueCredentials(`${app.url}/v1/organizations/${id}`, apiKey)
      return { client: clientOf(own), bucket: defaultBucketName(id) }
    },
    stop: async () => {
      for (const client of clients) client.destroy()
      await app.stop()
    },
  }
}

export function createS3Client(
  endpoint: string,
  credentials: S3Credentials,
  options: S3ClientConfig = {},
): S3Client {
  return new S3Client({
    endpoint,
    region: 'eu-central-1',
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
    ...options,
  })
}
