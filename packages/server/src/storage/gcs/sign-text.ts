import type { Storage } from '@google-cloud/storage'
import { GoogleResponseError } from './google-fault.ts'

/**
 * Returns the signature of a text in base64. Signs with the key of a key file, or with IAM's signBlob when there is none:
 * https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signBlob
 * Calls IAM without the client, which has no timeout and its own retries. An impersonated account is left to the client.
 */
export async function signText(
  auth: Storage['authClient'],
  endpoint: string | null,
  text: string,
  signal: AbortSignal,
): Promise<string> {
  const { client_email: account, private_key: key } = await auth.getCredentials()
  const isImpersonated = 'getTargetPrincipal' in (await auth.getClient())
  if (key || !account || isImpersonated) return auth.sign(text, endpoint ?? undefined)
  const accounts =
    endpoint ?? `https://iamcredentials.${await auth.getUniverseDomain()}/v1/projects/-/serviceAccounts/`
  const url = `${accounts}${account}:signBlob`
  const headers = { ...(await auth.getRequestHeaders(url)), 'content-type': 'application/json' }
  const body = JSON.stringify({ payload: Buffer.from(text).toString('base64') })
  const response = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal })
  const result = (await response.json().catch(() => ({}))) as Signed
  if (response.ok && result.signedBlob !== undefined) return result.signedBlob
  throw new GoogleResponseError(response.status, result.error?.message ?? response.statusText)
}

interface Signed {
  readonly signedBlob?: string
  readonly error?: { readonly message?: string }
}
