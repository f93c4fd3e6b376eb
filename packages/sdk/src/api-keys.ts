import type { Api } from './api.ts'
import type {
  ApiKey,
  CreateApiKeyAnswer,
  CreateApiKeyBody,
  DeactivateApiKeyAnswer,
  DeactivateApiKeyQuery,
  DeleteApiKeyAnswer,
  DeleteApiKeyQuery,
  ListApiKeysAnswer,
  ListApiKeysQuery,
  RotateApiKeyAnswer,
  UpdateApiKeyBody,
} from './api-types.ts'
import type { CallOptions } from './organizations.ts'
import { type Listed, listed } from './pages.ts'

/** Operations on API keys. All of them need a key with the scope `admin`. */
export interface ApiKeys {
  /** Creates a key. Only this response contains the secret, as `key`. */
  create(body: CreateApiKeyBody, options?: CallOptions): Promise<CreateApiKeyAnswer>
  /** Lists the keys, newest first. */
  list(query?: ListApiKeysQuery, options?: CallOptions): Listed<ApiKey, ListApiKeysAnswer>
  get(keyId: string, options?: CallOptions): Promise<ApiKey>
  update(keyId: string, body: UpdateApiKeyBody, options?: CallOptions): Promise<ApiKey>
  /**
   * Deletes the key, and by default revokes its unfinished uploads and download URLs. Keys that it created stay valid
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
}

export function createApiKeys({ call }: Api): ApiKeys {
  const pathOf = (keyId: string) => `/api-keys/${encodeURIComponent(keyId)}`
  const act =
    (action: string) =>
    (keyId: string, { signal }: CallOptions = {}) =>
      call<ApiKey>({ method: 'POST', path: `${pathOf(keyId)}/${action}`, isIdempotent: true, signal })
  return {
    create: (json, { signal } = {}) =>
      call({ method: 'POST', path: '/api-keys', json, isIdempotent: false, signal }),
    list: (query = {}, { signal } = {}) =>
      listed(
        query,
        (page) =>
          call<ListApiKeysAnswer>({
            method: 'GET',
            path: '/api-keys',
            query: page,
            isIdempotent: true,
            signal,
          }),
        ({ api_keys }) => api_keys,
        ({ next_cursor }, { page: _, ...rest }) =>
          next_cursor === null ? null : { ...rest, after: next_cursor },
      ),
    get: (keyId, { signal } = {}) => call({ method: 'GET', path: pathOf(keyId), isIdempotent: true, signal }),
    update: (keyId, json, { signal } = {}) =>
      call({ method: 'PATCH', path: pathOf(keyId), json, isIdempotent: true, signal }),
    delete: (keyId, { signal, ...query } = {}) =>
      call({ method: 'DELETE', path: pathOf(keyId), query, isIdempotent: true, signal }),
    activate: act('activate'),
    deactivate: (keyId, { signal, ...query } = {}) =>
      call({ method: 'POST', path: `${pathOf(keyId)}/deactivate`, query, isIdempotent: true, signal }),
    pause: act('pause'),
    unpause: act('unpause'),
    rotate: (keyId, { signal } = {}) =>
      call({ method: 'POST', path: `${pathOf(keyId)}/rotate`, isIdempotent: false, signal }),
  }
}
