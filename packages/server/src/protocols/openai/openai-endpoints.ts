import type { Endpoint } from '../http/endpoint.ts'
import { OPENAI_FILE_UPLOADS, OPENAI_FILES } from './files.ts'

/** Endpoints of the OpenAI API with JSON bodies or none. */
export const OPENAI_ENDPOINTS: readonly Endpoint[] = [...OPENAI_FILES]

/** Endpoints that receive `multipart/form-data`. */
export const OPENAI_FORM_ENDPOINTS: readonly Endpoint[] = OPENAI_FILE_UPLOADS
