import type { DelegatedDownloads } from '../storage.ts'
import type { Gcs } from './gcs.ts'

/**
 * V4 signed URLs, made with the key of a key file or by IAM's signBlob:
 * https://cloud.google.com/storage/docs/authentication/signatures
 */
export function createGcsDownloads(
  { google, calls, prefix }: Gcs,
  signingEndpoint: string | null,
): DelegatedDownloads {
  return {
    url: ({ name, generation }, { expiresAtSeconds, contentType, contentDisposition }) =>
      calls.run('iam.serviceAccounts.signBlob', async () => {
        const [url] = await google.bucket.file(prefix + name, { generation }).getSignedUrl({
          version: 'v4',
          action: 'read',
          expires: expiresAtSeconds * 1000,
          responseType: contentType,
          responseDisposition: contentDisposition,
          ...(signingEndpoint !== null && { signingEndpoint }),
        })
        return url
      }),
  }
}
