import { UPLOAD_SESSIONS } from './google-resumable/upload-sessions.ts'
import type { Endpoint } from './http/endpoint.ts'
import { sessionOptions } from './http/session-options.ts'
import { IETF_CREATION } from './ietf-resumable/creation.ts'
import { describeIetf } from './ietf-resumable/fields.ts'
import { IETF_UPLOADS } from './ietf-resumable/uploads.ts'
import { describeTus } from './tus/protocol-headers.ts'
import { TUS_CREATION } from './tus/tus-creation.ts'
import { TUS_SESSIONS } from './tus/tus-sessions.ts'
import { API_KEYS } from './waybill/api-keys.ts'
import { DIRECT_PARTS } from './waybill/direct-parts.ts'
import { DIRECT_UPLOADS } from './waybill/direct-uploads.ts'
import { DOWNLOADS } from './waybill/downloads.ts'
import { EVENTS } from './waybill/events.ts'
import { FILES } from './waybill/files.ts'
import { HEALTH } from './waybill/health.ts'
import { MEMBERS } from './waybill/members.ts'
import { MODEL_RESPONSES } from './waybill/model-response.ts'
import { documentEndpoint } from './waybill/openapi/get-document.ts'
import { ORGANIZATIONS } from './waybill/organizations.ts'
import { SHARE_LINKS } from './waybill/share-links.ts'
import { STORE_FILES } from './waybill/store-files.ts'
import { THREAD_MESSAGES } from './waybill/thread-messages.ts'
import { THREADS } from './waybill/threads.ts'
import { UPLOAD_URLS, UPLOADS } from './waybill/uploads.ts'
import { ME, SIGN_IN } from './waybill/users.ts'
import { VECTOR_STORE_SEARCH } from './waybill/vector-store-search.ts'
import { VECTOR_STORES } from './waybill/vector-stores.ts'
import { WEBHOOKS } from './waybill/webhooks.ts'

/** OPTIONS of the session URL, with the description of each protocol. */
export const SESSION_OPTIONS = sessionOptions([describeTus, describeIetf])

const DOCUMENTED: readonly Endpoint[] = [
  ...HEALTH,
  ...SIGN_IN,
  ...ME,
  ...ORGANIZATIONS,
  ...MEMBERS,
  ...API_KEYS,
  ...UPLOAD_URLS,
  ...TUS_CREATION,
  ...IETF_CREATION,
  ...FILES,
  ...DIRECT_UPLOADS,
  ...UPLOADS,
  ...DIRECT_PARTS,
  ...SHARE_LINKS,
  ...DOWNLOADS,
  ...VECTOR_STORES,
  ...STORE_FILES,
  ...VECTOR_STORE_SEARCH,
  ...EVENTS,
  ...WEBHOOKS,
  ...THREADS,
  ...THREAD_MESSAGES,
  ...MODEL_RESPONSES,
  ...UPLOAD_SESSIONS,
  ...TUS_SESSIONS,
  ...IETF_UPLOADS,
  SESSION_OPTIONS,
]

/** Endpoints of the JSON API whose paths name no organization: it is that of the key. */
export const KEY_ENDPOINTS: readonly Endpoint[] = [...THREADS, ...THREAD_MESSAGES, ...MODEL_RESPONSES]

/** Endpoints for callers that may have no organization. */
export const CALLER_ENDPOINTS: readonly Endpoint[] = ME

const MOUNTED_ELSEWHERE: ReadonlySet<Endpoint> = new Set([
  ...CALLER_ENDPOINTS,
  ...KEY_ENDPOINTS,
  ...DIRECT_UPLOADS,
  ...TUS_CREATION,
  ...IETF_CREATION,
  ...UPLOAD_SESSIONS,
  ...TUS_SESSIONS,
  ...IETF_UPLOADS,
  SESSION_OPTIONS,
])

/** Other endpoints of the JSON API. Endpoints that receive bodies of other content types are mounted by their own plugins. */
export const JSON_ENDPOINTS = DOCUMENTED.filter((declared) => !MOUNTED_ELSEWHERE.has(declared))

export const GET_DOCUMENT = documentEndpoint(DOCUMENTED)

/** Every endpoint of the service, in the order of the OpenAPI document. Pages for people are not endpoints. */
export const ENDPOINTS: readonly Endpoint[] = [...DOCUMENTED, GET_DOCUMENT]
