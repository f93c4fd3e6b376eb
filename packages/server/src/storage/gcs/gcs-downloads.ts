import type { File, Storage } from '@google-cloud/storage'
import type { DelegatedDownloads } from '../delegated-uploads.ts'
import type { Gcs } from './gcs.ts'
import { signText } from './sign-text.ts'

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
      calls.run('iam.serviceAccounts.signBlob', async (signal) => {
        const file = google.bucket.file(prefix + name, { generation })
        const failure = signBy(file, (auth, text) => signText(auth, signingEndpoint, text, signal))
        const terms = { responseType: contentType, responseDisposition: contentDisposition }
        const expires = expiresAtSeconds * 1000
        try {
          const [url] = await file.getSignedUrl({ version: 'v4', action: 'read', expires, ...terms })
          return url
        } catch (error) {
          throw failure() ?? error
        }
      }),
  }
}

/** Has one file's URLs signed by `sign`. Gives back what it threw, of which the client keeps the message only. */
function signBy(file: File, sign: (auth: Storage['authClient'], text: string) => Promise<string>) {
  const { storage } = file
  const auth = storage.authClient
  let failure: unknown = null
  const signer = {
    getCredentials: () => auth.getCredentials(),
    sign: (text: string) =>
      sign(auth, text).catch((error: unknown) => {
        failure = error
        throw error
      }),
  }
  file.storage = Object.create(storage, { authClient: { value: signer } })
  return () => failure
}
