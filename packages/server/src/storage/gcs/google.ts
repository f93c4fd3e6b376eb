import { type Bucket, Storage } from '@google-cloud/storage'

export interface GcsLocation {
  readonly bucket: string
  /** Prefix of every name: empty, or ending with a slash. */
  readonly prefix: string
  /** URL of an emulator, which receives no credentials; null for Google. */
  readonly emulatorUrl: string | null
}

/** Client of Google for one bucket. */
export interface Google {
  readonly bucket: Bucket
  /** Base URL, such as `https://storage.googleapis.com`. */
  readonly endpoint: string
  /** Returns the headers that authorize a request without the client. */
  authorization(url: string): Promise<Record<string, string>>
}

/** Creates a client without retries: its own have no deadline, and cannot be configured per call (see google-calls.ts). */
export function createGoogle(
  { bucket, emulatorUrl }: GcsLocation,
  timeoutMs: number,
  endpoint: string | null = null,
): Google {
  // An empty value counts as absent, as for all settings; the client would use it as a host.
  if (emulatorUrl === null) delete process.env.STORAGE_EMULATOR_HOST
  const storage = new Storage({
    retryOptions: { autoRetry: false },
    ...(emulatorUrl !== null && { apiEndpoint: emulatorUrl }),
    ...(endpoint !== null && { apiEndpoint: endpoint, useAuthWithCustomEndpoint: true }),
  })
  // With STORAGE_EMULATOR_HOST, the client omits the path of the API.
  storage.baseUrl = `${storage.apiEndpoint}/storage/v1`
  // Time limit of each request until its response begins. The types of an interceptor's input and output differ.
  storage.interceptors.push({ request: (options) => ({ ...options, timeout: timeoutMs }) as never })
  return {
    bucket: storage.bucket(bucket),
    endpoint: storage.apiEndpoint,
    authorization: async (url) =>
      emulatorUrl === null ? { ...(await storage.authClient.getRequestHeaders(url)) } : {},
  }
}
