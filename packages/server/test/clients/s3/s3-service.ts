import { issueCredentials, type S3Credentials } from '../../s3/issue-credentials.ts'
import { startServer } from '../../start-server.ts'
import { eventually } from '../eventually.ts'

/** Address and credentials with which a client speaks S3 to the service. */
export interface S3Access extends S3Credentials {
  /** For example `http://127.0.0.1:41234`. */
  readonly endpoint: string
}

export interface S3Service extends S3Access {
  stop(): Promise<void>
}

/** Starts the service with a listener for S3, and issues credentials. */
export async function startS3Service(env: Readonly<Record<string, string>> = {}): Promise<S3Service> {
  const server = await startServer({ env: { S3_LISTEN: '127.0.0.1:0', ...env } })
  const endpoint = await eventually('the service listens for S3', () => s3UrlOf(server.output()))
  const credentials = await issueCredentials(server.baseUrl, server.apiKey)
  return { ...credentials, endpoint, stop: () => server.stop() }
}

/** Returns the URL of the line `{"msg":"serving clients of S3","url":…}`; false before it. */
function s3UrlOf(output: string): string | false {
  const [, url] = /"url":"([^"]*)","msg":"serving clients of S3"/.exec(output) ?? []
  return url ?? false
}
