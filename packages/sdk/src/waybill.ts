import { platform } from '#platform'
import { createApi } from './api.ts'
import { type ApiKeys, createApiKeys } from './api-keys.ts'
import { createFiles, type Files } from './files.ts'
import { createOrganizations, type Organizations } from './organizations.ts'
import type { SessionStore } from './platform/platform.ts'
import { DEFAULT_RETRY, type RetryPolicy } from './retry.ts'

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
export type { RetryPolicy } from './retry.ts'
export type { UploadSource } from './source/open-source.ts'
export type { UploadProgress, UploadState } from './upload/progress.ts'
export type { UploadOptions } from './upload/upload-file.ts'
export type { ChecksumAlgorithm } from './upload/upload-task.ts'

export interface WaybillOptions {
  /** Of the service, such as `https://files.example.com`. */
  readonly baseUrl: string
  readonly apiKey: string
  /** Such as `org_default`. */
  readonly organizationId: string
  /** In place of the platform’s own. */
  readonly fetch?: typeof fetch
  /**
   * Where unfinished uploads are kept: `localStorage` in a browser and a folder of the user’s in Node where nothing else is
   * said, and nowhere with null.
   */
  readonly sessions?: SessionStore | null
  readonly retry?: Partial<RetryPolicy>
}

/**
 * A client of one organization. Every method is named after its operation in the API. Throws a `TypeError` where `baseUrl` is
 * no URL, or `apiKey` can be none.
 */
export class Waybill {
  readonly files: Files
  readonly apiKeys: ApiKeys
  readonly organizations: Organizations

  constructor(options: WaybillOptions) {
    // Where it can be no header it would seem that the service cannot be reached.
    new Headers({ 'X-API-Key': options.apiKey })
    const { baseUrl, apiKey, organizationId, sessions = platform.sessionStore(), retry } = options
    const api = createApi({
      baseUrl: new URL(baseUrl).href.replace(/\/+$/, ''),
      apiKey,
      organizationId,
      fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
      isOwnFetch: options.fetch === undefined,
      retry: { ...DEFAULT_RETRY, ...retry },
    })
    this.files = createFiles(api, platform, sessions)
    this.apiKeys = createApiKeys(api)
    this.organizations = createOrganizations(api)
  }
}
