import { platform } from '#platform'
import { createApi } from './api.ts'
import { type ApiKeys, createApiKeys } from './api-keys.ts'
import { createFiles, type Files } from './files.ts'
import { createOrganizations, type Organizations } from './organizations.ts'
import type { SessionStore } from './platform/platform.ts'
import { createResponses, type Responses } from './responses.ts'
import { createRetrying, type RetryPolicy } from './retry.ts'
import { createThreads, type Threads } from './threads.ts'
import { createVectorStores, type VectorStores } from './vector-stores.ts'

export type { ApiKeys } from './api-keys.ts'
export type * from './api-types.ts'
export { crc32c } from './crc32c/crc32c.ts'
export { crc32cText, parseCrc32c } from './crc32c/crc32c-text.ts'
export type { Download, DownloadOptions } from './download-file.ts'
export * from './errors.ts'
export type { Files, Upload } from './files.ts'
export type { CallOptions, Organizations } from './organizations.ts'
export type { Listed } from './pages.ts'
export type { SessionStore } from './platform/platform.ts'
export type { Responses } from './responses.ts'
export type { RetryPolicy } from './retry.ts'
export type { UploadSource } from './source/open-source.ts'
export type { AddAndWaitOptions, StoreFiles } from './store-files.ts'
export type { ThreadMessages, Threads } from './threads.ts'
export type { UploadProgress, UploadState } from './upload/progress.ts'
export type { UploadOptions } from './upload/upload-file.ts'
export type { ChecksumAlgorithm } from './upload/upload-task.ts'
export type { VectorStores } from './vector-stores.ts'

export interface WaybillOptions {
  /** URL of the service, such as `https://files.example.com`. */
  readonly baseUrl: string
  readonly apiKey: string
  /** Id of the organization, such as `org_default`. */
  readonly organizationId: string
  /** Replaces the platform's `fetch`. */
  readonly fetch?: typeof fetch
  /**
   * Store for unfinished uploads. Default: `localStorage` in a browser, a folder of the user in Node. With null,
   * unfinished uploads are not stored.
   */
  readonly sessions?: SessionStore | null
  readonly retry?: Partial<RetryPolicy>
}

/** Visible ASCII, the characters of a key that are allowed in an HTTP header. */
const KEY = /^[\x21-\x7e]*$/

/**
 * Client of one organization. Each method has the name of its API operation. The constructor throws a `TypeError`
 * when `baseUrl` is not a URL or contains a password, when `apiKey` is not a valid key, and for an unknown option of
 * `retry`.
 */
export class Waybill {
  readonly files: Files
  readonly apiKeys: ApiKeys
  readonly organizations: Organizations
  readonly vectorStores: VectorStores
  readonly threads: Threads
  readonly responses: Responses

  constructor(options: WaybillOptions) {
    const { apiKey, organizationId, sessions = platform.sessionStore(), retry = {} } = options
    // The platform's own error message for an invalid header would contain the key.
    if (!KEY.test(apiKey)) {
      throw new TypeError(
        'The API key contains a line break, a space or another invalid character. Copy the key again.',
      )
    }
    const ownFetch: typeof fetch = (input, init) => globalThis.fetch(input, init)
    const api = createApi({
      baseUrl: parseBaseUrl(options.baseUrl),
      apiKey,
      organizationId,
      ...createRetrying(options.fetch ?? ownFetch, retry),
      isOwnFetch: options.fetch === undefined,
    })
    this.files = createFiles(api, platform, sessions)
    this.apiKeys = createApiKeys(api)
    this.organizations = createOrganizations(api)
    this.vectorStores = createVectorStores(api)
    this.threads = createThreads(api)
    this.responses = createResponses(api)
  }
}

/**
 * Returns the URL without slashes at its end. Throws a `TypeError` whose message omits the URL and any password in
 * it.
 */
function parseBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new TypeError('baseUrl must be a URL such as https://files.example.com.')
  const { href, username, password } = url
  if (username !== '' || password !== '') {
    throw new TypeError('baseUrl must not contain a user name or a password: the API key is the credential.')
  }
  return href.replace(/\/+$/, '')
}
