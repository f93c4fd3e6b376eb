import type { Api, CallOptions } from './api.ts'
import type { CreateModelResponseBody, GetModelResponseQuery, ModelAnswer } from './api-types.ts'
import type { ResponseEvent } from './response-events.ts'
import { streamResponse } from './stream-response.ts'

export interface Responses {
  /** Lets the model answer, in the thread that the body names or in a new one. Resolves with the complete answer. */
  create(body: CreateModelResponseBody, options?: CallOptions): Promise<ModelAnswer>
  /**
   * Does the same, and yields the events of the answer as they come. The request begins with the first event that is
   * read; leaving the loop, or the signal, ends the response, and then nothing of it is stored.
   */
  stream(body: CreateModelResponseBody, options?: CallOptions): AsyncIterable<ResponseEvent>
  get(responseId: string, query?: GetModelResponseQuery, options?: CallOptions): Promise<ModelAnswer>
  /** Deletes a stored response. Its messages stay in the thread. */
  delete(responseId: string, options?: CallOptions): Promise<void>
}

export function createResponses(api: Api): Responses {
  const { call } = api
  const path = '/model/response'
  const pathOf = (responseId: string) => `${path}/${encodeURIComponent(responseId)}`
  const shared = { isWithoutOrganization: true }
  return {
    create: (json, options) => call({ ...shared, method: 'POST', path, json }, options),
    stream: (body, { signal } = {}) => streamResponse(api, path, body, signal),
    get: (responseId, query = {}, options) =>
      call({ ...shared, method: 'GET', path: pathOf(responseId), query }, options),
    delete: (responseId, options) => call({ ...shared, method: 'DELETE', path: pathOf(responseId) }, options),
  }
}
