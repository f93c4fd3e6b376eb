import { type SignInOptions, Waybill } from '@waybill/sdk'
import { SERVICE_URL } from '../workspace/service-url.ts'

let loading: Promise<SignInOptions> | null = null

/** Loads the ways to sign in, once. */
export function signInOptions(): Promise<SignInOptions> {
  const client = new Waybill({ baseUrl: SERVICE_URL, apiKey: '', organizationId: '', sessions: null })
  loading ??= client.signInOptions().catch((error) => {
    loading = null
    throw error
  })
  return loading
}
