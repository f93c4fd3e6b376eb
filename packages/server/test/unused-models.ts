import { createModelServer } from '../src/models/openai-model-server.ts'
import type { ModelLimits } from '../src/operations/context.ts'

/** Models of a service whose tests ask none. */
export const UNUSED_MODELS = createModelServer({
  servers: [],
  defaultModel: null,
  timeoutMs: 1000,
  listTimeoutMs: 1000,
  slotsPerOrganization: 1,
})

export const MODEL_LIMITS: ModelLimits = {
  fileSearch: 'always',
  fileInput: 'text',
  contextTokens: 8192,
  fileContextTokens: 2048,
  responseMs: 24 * 60 * 60 * 1000,
}
