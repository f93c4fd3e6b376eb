import { type Bucket, Storage } from '@google-cloud/storage'

export interface GcsPlace {
  readonly bucket: string
  /** Before every name: empty, or with a slash at its end. */
  readonly prefix: string
  /** Instead of Google, and without credentials; null for Google. */
  readonly emulatorUrl: string | null
}

/** Google as this storage sees it. */
export interface Google {
  readonly bucket: Bucket
  /** Such as `https://storage.googleapis.com`. */
  readonly endpoint: string
  /** For a request that is made without the client. */
  authorization(url: string): Promise<Record<string, string>>
}

/** Retries are this storage's own: the client would make them without a deadline, and changes its rule for all calls at once. */
export function createGoogle(
  { bucket, emulatorUrl }: GcsPlace,
  timeoutMs: number,
  endpoint: string | null = null,
): Google {
  // An empty value stands for none, here as everywhere; the client would take it for a host.
  if (emulatorUrl === null) delete process.env.STORAGE_EMULATOR_HOST
  const storage = new Storage({
    retryOptions: { autoRetry: false },
    ...(emulatorUrl !== null && { apiEndpoint: emulatorUrl }),
    ...(endpoint !== null && { apiEndpoint: endpoint, useAuthWithCustomEndpoint: true }),
  })
  // With STORAGE_EMULATOR_HOST the client would leave the API's path out.
  storage.baseUrl = `${storage.apiEndpoint}/storage/v1`
  // Of each request, until its answer begins. What an interceptor takes and gives are two types for one thing.
  storage.interceptors.push({ request: (options) => ({ ...options, timeout: timeoutMs }) as never })
  return {
    bucket: storage.bucket(bucket),
    endpoint: storage.apiEndpoint,
    authorization: async (url) =>
      emulatorUrl === null ? { ...(await storage.authClient.getRequestHeaders(url)) } : {},
  }
}
