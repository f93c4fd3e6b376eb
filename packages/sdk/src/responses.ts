import type { Api } from './api.ts'
import type { CreateModelResponseBody, GetModelResponseQuery, ModelAnswer } from './api-types.ts'
import type { CallOptions } from './organizations.ts'

export interface Responses {
  /** Lets the model answer, in the thread that the body names or in a new one. Resolves with the complete answer. */
  create(body: CreateModelResponseBody, options?: CallOptions): Promise<ModelAnswer>
  get(responseId: string, query?: GetModelResponseQuery, options?: CallOptions): Promise<ModelAnswer>
  /** Deletes a stored response. Its messages stay in the thread. */
  delete(responseId: string, options?: CallOptions): Promise<void>
}

export function createResponses({ call }: Api): Responses {
  const path = '/model/response'
  const pathOf = (responseId: string) => `${path}/${encodeURIComponent(responseId)}`
  const shared = { isWithoutOrganization: true }
  return {
    create: (json, { signal } = {}) =>
      call({ ...shared, method: 'POST', path, json, isIdempotent: false, signal }),
    get: (responseId, query = {}, { signal } = {}) =>
      call({ ...shared, method: 'GET', path: pathOf(responseId), query, isIdempotent: true, signal }),
    delete: (responseId, { signal } = {}) =>
      call({ ...shared, method: 'DELETE', path: pathOf(responseId), isIdempotent: true, signal }),
  }
}
