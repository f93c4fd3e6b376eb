import type { Context } from '../src/operations/context.ts'
import { createSecretBox } from '../src/platform/secret-box.ts'

/** Parts of the context of a service without webhooks, users, a scanner, and clients of S3. */
export const UNUSED_PARTS: Pick<
  Context,
  'webhookSender' | 'secretBox' | 's3Secrets' | 'tokenVerifier' | 'scans'
> = {
  s3Secrets: null,
  tokenVerifier: null,
  scans: null,
  webhookSender: {
    urlProblem: () => null,
    send: () => {
      throw new Error('this service sends no webhooks')
    },
    close: () => {},
  },
  secretBox: createSecretBox(null),
}
