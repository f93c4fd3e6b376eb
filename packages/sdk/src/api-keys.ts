import type { Api, CallOptions } from './api.ts'
import type {
  ApiKey,
  CreateApiKeyAnswer,
  CreateApiKeyBody,
  CreateS3CredentialsAnswer,
  DeactivateApiKeyAnswer,
  DeactivateApiKeyQuery,
  DeleteApiKeyAnswer,
  DeleteApiKeyQuery,
  ListApiKeysAnswer,
  ListApiKeysQuery,
  RotateApiKeyAnswer,
  UpdateApiKeyBody,
} from './api-types.ts'
import { type Listed, listed, nextAfter } from './pages.ts'

/** Operations on API keys. All of them need a key with the scope `admin`. */
export interface ApiKeys {
  /** Creates a key. Only this response contains the secret, as `key`. */
  create(body: CreateApiKeyBody, options?: CallOptions): Promise<CreateApiKeyAnswer>
  /** Lists the keys, newest first. */
  list(query?: ListApiKeysQuery, options?: CallOptions): Listed<ApiKey, ListApiKeysAnswer>
  get(keyId: string, options?: CallOptions): Promise<ApiKey>
  update(keyId: string, body: UpdateApiKeyBody, options?: CallOptions): Promise<ApiKey>
  /**
   * Deletes the key, and by default revokes its unfinished uploads, download URLs and share links. Keys that it created stay valid
   * and are in the result. The result is undefined when an earlier attempt deleted the key and its response was lost.
   */
  delete(keyId: string, options?: CallOptions & DeleteApiKeyQuery): Promise<DeleteApiKeyAnswer | undefined>
  activate(keyId: string, options?: CallOptions): Promise<ApiKey>
  /** Deactivates the key. Its uploads and download URLs stay valid unless `end_sessions` and `revoke_links` are set. */
  deactivate(keyId: string, options?: CallOptions & DeactivateApiKeyQuery): Promise<DeactivateApiKeyAnswer>
  pause(keyId: string, options?: CallOptions): Promise<ApiKey>
  unpause(keyId: string, options?: CallOptions): Promise<ApiKey>
  /**
   * Replaces the secret. Only this response contains the new secret, as `key`. The old secret is refused from now on.
   */
  rotate(keyId: string, options?: CallOptions): Promise<RotateApiKeyAnswer>
  /**
   * Issues credentials with which clients of S3 sign. Only this response contains their secret. Earlier ones of the key
   * end.
   */
  createS3Credentials(keyId: string, options?: CallOptions): Promise<CreateS3CredentialsAnswer>
  /** Ends the S3 credentials of the key, and the URLs that were presigned with them. */
  deleteS3Credentials(keyId: string, options?: CallOptions): Promise<void>
}

export function createApiKeys({ call }: Api): ApiKeys {
  const pathOf = (keyId: string) => `/api-keys/${encodeURIComponent(keyId)}`
  const act = (action: string) => (keyId: string, options?: CallOptions) =>
    call<ApiKey>({ method: 'POST', path: `${pathOf(keyId)}/${action}`, isIdempotent: true }, options)
  return {
    create: (json, options) => call({ method: 'POST', path: '/api-keys', json }, options),
    list: (query = {}, options) =>
      listed(
        query,
        (page) =>
          call<ListApiKeysAnswer>(
            {
              method: 'GET',
              path: '/api-keys',
              query: page,
            },
            options,
          ),
        ({ api_keys }) => api_keys,
        nextAfter,
      ),
    get: (keyId, options) => call({ method: 'GET', path: pathOf(keyId) }, options),
    update: (keyId, json, options) => call({ method: 'PATCH', path: pathOf(keyId), json }, options),
    delete: (keyId, { signal, ...query } = {}) =>
      call({ method: 'DELETE', path: pathOf(keyId), query, signal }),
    activate: act('activate'),
    deactivate: (keyId, { signal, ...query } = {}) =>
      call({ method: 'POST', path: `${pathOf(keyId)}/deactivate`, query, isIdempotent: true, signal }),
    pause: act('pause'),
    unpause: act('unpause'),
    rotate: (keyId, options) => call({ method: 'POST', path: `${pathOf(keyId)}/rotate` }, options),
    createS3Credentials: (keyId, options) =>
      call({ method: 'POST', path: `${pathOf(keyId)}/s3-credentials` }, options),
    deleteS3Credentials: (keyId, options) =>
      call({ method: 'DELETE', path: `${pathOf(keyId)}/s3-credentials` }, options),
  }
}
