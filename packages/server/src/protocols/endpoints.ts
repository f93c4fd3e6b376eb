import { UPLOAD_SESSIONS } from './google-resumable/upload-sessions.ts'
import type { Endpoint } from './http/endpoint.ts'
import { API_KEYS } from './waybill/api-keys.ts'
import { DIRECT_UPLOADS } from './waybill/direct-uploads.ts'
import { DOWNLOADS } from './waybill/downloads.ts'
import { FILES } from './waybill/files.ts'
import { HEALTH } from './waybill/health.ts'
import { MODEL_RESPONSES } from './waybill/model-response.ts'
import { documentEndpoint } from './waybill/openapi/get-document.ts'
import { ORGANIZATIONS } from './waybill/organizations.ts'
import { STORE_FILES } from './waybill/store-files.ts'
import { THREAD_MESSAGES } from './waybill/thread-messages.ts'
import { THREADS } from './waybill/threads.ts'
import { UPLOAD_URLS, UPLOADS } from './waybill/uploads.ts'
import { VECTOR_STORE_SEARCH } from './waybill/vector-store-search.ts'
import { VECTOR_STORES } from './waybill/vector-stores.ts'

const DOCUMENTED: readonly Endpoint[] = [
  ...HEALTH,
  ...ORGANIZATIONS,
  ...API_KEYS,
  ...UPLOAD_URLS,
  ...FILES,
  ...DIRECT_UPLOADS,
  ...UPLOADS,
  ...DOWNLOADS,
  ...VECTOR_STORES,
  ...STORE_FILES,
  ...VECTOR_STORE_SEARCH,
  ...THREADS,
  ...THREAD_MESSAGES,
  ...MODEL_RESPONSES,
  ...UPLOAD_SESSIONS,
]

/** Endpoints of the JSON API whose paths name no organization: it is that of the key. */
export const KEY_ENDPOINTS: readonly Endpoint[] = [...THREADS, ...THREAD_MESSAGES, ...MODEL_RESPONSES]

const MOUNTED_ELSEWHERE: ReadonlySet<Endpoint> = new Set([
  ...KEY_ENDPOINTS,
  ...DIRECT_UPLOADS,
  ...UPLOAD_SESSIONS,
])

/** Other endpoints of the JSON API. Endpoints that receive bodies of other content types are mounted by their own plugins. */
export const JSON_ENDPOINTS = DOCUMENTED.filter((declared) => !MOUNTED_ELSEWHERE.has(declared))

export const GET_DOCUMENT = documentEndpoint(DOCUMENTED)

/** Every endpoint of the service, in the order of the OpenAPI document. Pages for people are not endpoints. */
export const ENDPOINTS: readonly Endpoint[] = [...DOCUMENTED, GET_DOCUMENT]
