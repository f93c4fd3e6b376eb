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

/** All of it needs a key with the scope `admin`. */
export interface ApiKeys {
  /** The answer has the secret, `key`, this once. */
  create(body: CreateApiKeyBody, options?: CallOptions): Promise<CreateApiKeyAnswer>
  /** Newest first. */
  list(query?: ListApiKeysQuery, options?: CallOptions): Listed<ApiKey, ListApiKeysAnswer>
  get(keyId: string, options?: CallOptions): Promise<ApiKey>
  update(keyId: string, body: UpdateApiKeyBody, options?: CallOptions): Promise<ApiKey>
  /**
   * Deletes the key, and by default revokes its unfinished uploads and download URLs. Keys that it created stay valid and
   * are in the result, which is undefined when an earlier attempt deleted the key and its response was lost.
   */
  delete(keyId: string, options?: CallOptions & DeleteApiKeyQuery): Promise<DeleteApiKeyAnswer | undefined>
  activate(keyId: string, options?: CallOptions): Promise<ApiKey>
  /** The key's uploads and download URLs stay valid unless `end_sessions` and `revoke_links` are set. */
  deactivate(keyId: string, options?: CallOptions & DeactivateApiKeyQuery): Promise<DeactivateApiKeyAnswer>
  pause(keyId: string, options?: CallOptions): Promise<ApiKey>
  unpause(keyId: string, options?: CallOptions): Promise<ApiKey>
  /** The answer has the new secret, `key`, this once; the old one is worth nothing any more. */
  rotate(keyId: string, options?: CallOptions): Promise<RotateApiKeyAnswer>
}

export function createApiKeys({ call }: Api): ApiKeys {
  const pathOf = (keyId: string) => `/api-keys/${encodeURIComponent(keyId)}`
  const act =
    (action: string) =>
    (keyId: string, { signal }: CallOptions = {}) =>
      call<ApiKey>({ method: 'POST', path: `${pathOf(keyId)}/${action}`, isRepeatable: true, signal })
  return {
    create: (json, { signal } = {}) =>
      call({ method: 'POST', path: '/api-keys', json, isRepeatable: false, signal }),
    list: (query = {}, { signal } = {}) =>
      listed(
        query,
        (page) =>
          call<ListApiKeysAnswer>({
            method: 'GET',
            path: '/api-keys',
            query: page,
            isRepeatable: true,
            signal,
          }),
        ({ api_keys }) => api_keys,
        ({ next_cursor }, { page: _, ...asked }) =>
          next_cursor === null ? null : { ...asked, after: next_cursor },
      ),
    get: (keyId, { signal } = {}) => call({ method: 'GET', path: pathOf(keyId), isRepeatable: true, signal }),
    update: (keyId, json, { signal } = {}) =>
      call({ method: 'PATCH', path: pathOf(keyId), json, isRepeatable: true, signal }),
    delete: (keyId, { signal, ...query } = {}) =>
      call({ method: 'DELETE', path: pathOf(keyId), query, isRepeatable: true, signal }),
    activate: act('activate'),
    deactivate: (keyId, { signal, ...query } = {}) =>
      call({ method: 'POST', path: `${pathOf(keyId)}/deactivate`, query, isRepeatable: true, signal }),
    pause: act('pause'),
    unpause: act('unpause'),
    rotate: (keyId, { signal } = {}) =>
      call({ method: 'POST', path: `${pathOf(keyId)}/rotate`, isRepeatable: false, signal }),
  }
}
