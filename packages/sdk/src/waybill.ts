import { platform } from '#platform'
import { type Api, assertCredential, type CallOptions, type Credential, createApi } from './api.ts'
import { type ApiKeys, createApiKeys } from './api-keys.ts'
import type { Me, SignInOptions } from './api-types.ts'
import { createEvents, type Events } from './events.ts'
import { createFiles, type Files } from './files.ts'
import { createMembers, type Members } from './members.ts'
import { createModels, type Models } from './models.ts'
import { createOrganizations, type Organizations } from './organizations.ts'
import { ownFetch } from './own-fetch.ts'
import type { SessionStore } from './platform/platform.ts'
import { createRateLimit } from './rate-limit.ts'
import { createResponses, type Responses } from './responses.ts'
import { createRetrying, type RetryPolicy } from './retry.ts'
import { createThreads, type Threads } from './threads.ts'
import { createVectorStores, type VectorStores } from './vector-stores.ts'
import { createWebhooks, type Webhooks } from './webhooks.ts'

export type { CallOptions, Credential } from './api.ts'
export type { ApiKeys } from './api-keys.ts'
export type * from './api-types.ts'
export { crc32c } from './crc32c/crc32c.ts'
export { crc32cText, parseCrc32c } from './crc32c/crc32c-text.ts'
export type { Download, DownloadOptions } from './download-file.ts'
export * from './errors.ts'
export type { Events, FollowedEvent, FollowOptions } from './events.ts'
export type { Files } from './files.ts'
export type { Members } from './members.ts'
export type { Model, Models } from './models.ts'
export type { MoveFolderOptions } from './move-folder.ts'
export type { Organizations } from './organizations.ts'
export type { Listed } from './pages.ts'
export type { SessionStore } from './platform/platform.ts'
export type * from './response-events.ts'
export type { Responses } from './responses.ts'
export type { RetryPolicy } from './retry.ts'
export type { ShareLinks } from './share-links.ts'
export type { UploadSource } from './source/open-source.ts'
export type { AddAndWaitOptions, StoreFiles } from './store-files.ts'
export type { ThreadMessages, Threads } from './threads.ts'
export { cancelUpload } from './upload/cancel-upload.ts'
export type { UploadProgress, UploadState } from './upload/progress.ts'
export type { CompleteUpload } from './upload/send-chunks.ts'
export type { Upload, UploadOptions } from './upload/upload-file.ts'
export type { ChecksumAlgorithm } from './upload/upload-task.ts'
export { type UploadToOptions, uploadTo } from './upload/upload-to.ts'
export type { UploadedFile } from './upload/uploaded-file.ts'
export type { VectorStores } from './vector-stores.ts'
export type { Webhooks } from './webhooks.ts'

export interface WaybillOptions {
  /** URL of the service, such as `https://files.example.com`. */
  readonly baseUrl: string
  /** API key, or token of a user. A function returns the present token; it is called for each request. */
  readonly apiKey: Credential
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
  /** Bytes per second that all uploads and downloads of this client share, at least 1024. Default: no limit. */
  readonly maxBytesPerSecond?: number
}

/**
 * Client of one organization. Each method has the name of its API operation. The constructor throws a `TypeError` when
 * `baseUrl` is not a URL or contains a password, when `apiKey` is not a valid key or `organizationId` is missing, and
 * for an unknown option of `retry`; it throws a `RangeError` for numbers that are too low.
 */
export class Waybill {
  readonly files: Files
  readonly apiKeys: ApiKeys
  readonly organizations: Organizations
  readonly vectorStores: VectorStores
  readonly threads: Threads
  readonly responses: Responses
  readonly models: Models
  readonly events: Events
  readonly webhooks: Webhooks
  readonly members: Members
  readonly #api: Api

  constructor(options: WaybillOptions) {
    const { apiKey, organizationId, sessions = platform.sessionStore(), retry = {} } = options
    if (typeof apiKey === 'string') assertCredential(apiKey)
    else if (typeof apiKey !== 'function') throw new TypeError('apiKey must be a string or a function.')
    if (typeof organizationId !== 'string') throw new TypeError('organizationId must be a string.')
    const api = createApi({
      baseUrl: parseBaseUrl(options.baseUrl),
      apiKey,
      organizationId,
      ...createRetrying(options.fetch ?? ownFetch, retry),
      isOwnFetch: options.fetch === undefined,
      rateLimit: createRateLimit(options.maxBytesPerSecond),
    })
    this.files = createFiles(api, platform, sessions)
    this.apiKeys = createApiKeys(api)
    this.organizations = createOrganizations(api)
    this.vectorStores = createVectorStores(api)
    this.threads = createThreads(api)
    this.responses = createResponses(api)
    this.models = createModels(api)
    this.events = createEvents(api)
    this.webhooks = createWebhooks(api)
    this.members = createMembers(api)
    this.#api = api
  }

  /** Returns the user or the key of this client, with its organizations. */
  me(options?: CallOptions): Promise<Me> {
    return this.#api.call(
      {
        method: 'GET',
        path: '/me',
        isWithoutOrganization: true,
      },
      options,
    )
  }

  /** Returns what a client needs to get a token of a user. Needs no key. */
  signInOptions(options?: CallOptions): Promise<SignInOptions> {
    const path = '/sign-in'
    return this.#api.call({ method: 'GET', path, isWithoutOrganization: true }, options)
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
