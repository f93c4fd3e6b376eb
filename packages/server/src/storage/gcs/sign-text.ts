import type { Storage } from '@google-cloud/storage'
import { GoogleAnswerError } from './google-fault.ts'

/**
 * The signature of a text in base64, by the key of a key file, or by IAM's signBlob for an account without one:
 * https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signBlob
 * IAM is asked without the client, which waits for it without an end and asks it again by itself. Only the client knows how
 * to sign in the place of another account.
 */
export async function signText(
  auth: Storage['authClient'],
  endpoint: string | null,
  text: string,
  signal: AbortSignal,
): Promise<string> {
  const { client_email: account, private_key: key } = await auth.getCredentials()
  const isForAnother = 'getTargetPrincipal' in (await auth.getClient())
  if (key || !account || isForAnother) return auth.sign(text, endpoint ?? undefined)
  const accounts =
    endpoint ?? `https://iamcredentials.${await auth.getUniverseDomain()}/v1/projects/-/serviceAccounts/`
  const url = `${accounts}${account}:signBlob`
  const headers = { ...(await auth.getRequestHeaders(url)), 'content-type': 'application/json' }
  const body = JSON.stringify({ payload: Buffer.from(text).toString('base64') })
  const response = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal })
  const answer = (await response.json().catch(() => ({}))) as Signed
  if (response.ok && answer.signedBlob !== undefined) return answer.signedBlob
  throw new GoogleAnswerError(response.status, answer.error?.message ?? response.statusText)
}

interface Signed {
  readonly signedBlob?: string
  readonly error?: { readonly message?: string }
}
