import type { Endpoint } from '../http/endpoint.ts'
import { OPENAI_CHAT } from './chat.ts'
import { OPENAI_CONVERSATIONS } from './conversations.ts'
import { OPENAI_EMBEDDINGS } from './embeddings.ts'
import { OPENAI_FILE_BATCHES } from './file-batches.ts'
import { OPENAI_FILE_UPLOADS, OPENAI_FILES } from './files.ts'
import { OPENAI_MODELS } from './models.ts'
import { OPENAI_RESPONSES } from './responses.ts'
import { OPENAI_SEARCH } from './search.ts'
import { OPENAI_STORE_FILES } from './store-files.ts'
import { OPENAI_UPLOAD_PARTS, OPENAI_UPLOADS } from './uploads.ts'
import { OPENAI_VECTOR_STORES } from './vector-stores.ts'

/** Endpoints that receive `multipart/form-data`. */
export const OPENAI_FORM_ENDPOINTS: readonly Endpoint[] = [...OPENAI_FILE_UPLOADS, ...OPENAI_UPLOAD_PARTS]

/** Endpoints with JSON bodies or none. */
export const OPENAI_JSON_ENDPOINTS: readonly Endpoint[] = [
  ...OPENAI_FILES,
  ...OPENAI_UPLOADS,
  ...OPENAI_VECTOR_STORES,
  ...OPENAI_SEARCH,
  ...OPENAI_STORE_FILES,
  ...OPENAI_FILE_BATCHES,
  ...OPENAI_MODELS,
  ...OPENAI_EMBEDDINGS,
  ...OPENAI_CHAT,
  ...OPENAI_RESPONSES,
  ...OPENAI_CONVERSATIONS,
]

/** Every endpoint of the OpenAI API, in the order of its document. */
export const OPENAI_ENDPOINTS: readonly Endpoint[] = [...OPENAI_FORM_ENDPOINTS, ...OPENAI_JSON_ENDPOINTS]
