import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { ModelBody, ModelServer } from '../../models/model-server.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { readAnswerBytes } from './read-answer-bytes.ts'

export interface EmbedInput {
  /** Body of the request without `encoding_format`. */
  readonly body: ModelBody
  readonly count: number
  readonly signal: AbortSignal
}

export interface Embeddings {
  /** One vector for each text, in their order. */
  readonly vectors: readonly (readonly number[])[]
  readonly model: string
  readonly promptTokens: number
  readonly totalTokens: number
}

/** Room for 2,048 vectors of 3,072 numbers. */
const MAX_ANSWER_BYTES = 160 * 1024 * 1024

/** Returns the vectors of 1 to 2,048 texts. Throws what `ModelServer` throws. */
export const embedTexts = defineOperation(
  { action: 'embedTexts', kind: 'read', scope: 'models:use' },
  async (
    { models }: Pick<Context, 'models'>,
    { organizationId }: Caller,
    input: EmbedInput,
  ): Promise<Embeddings> => {
    const release = models.takeSlot(organizationId)
    try {
      return await embed(models, input)
    } finally {
      release()
    }
  },
)

async function embed(models: ModelServer, { body, count, signal }: EmbedInput): Promise<Embeddings> {
  const answer = await models.post('embeddings', { ...body, encoding_format: 'float' }, signal)
  const { data, model, usage } = await readObject(answer.body)
  const { prompt_tokens, total_tokens } = (usage ?? {}) as Readonly<Record<string, unknown>>
  const promptTokens = countOf(prompt_tokens)
  return {
    vectors: readVectors(data, count),
    model: typeof model === 'string' ? model : String(body.model ?? models.defaultModel),
    promptTokens,
    totalTokens: countOf(total_tokens) || promptTokens,
  }
}

async function readObject(body: ReadableStream<Uint8Array>): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await readAnswerBytes(body, MAX_ANSWER_BYTES)
  try {
    return JSON.parse(bytes.toString('utf8')) ?? {}
  } catch {
    throw garbage('no JSON')
  }
}

/** Returns the vectors in the order of the texts. */
function readVectors(data: unknown, count: number): readonly (readonly number[])[] {
  if (!Array.isArray(data) || data.length !== count) throw garbage('another number of vectors')
  const vectors: (readonly number[])[] = new Array(count)
  for (const [place, entry] of data.entries()) {
    const { index = place, embedding } = (entry ?? {}) as { index?: unknown; embedding?: unknown }
    const isVector = Array.isArray(embedding) && embedding.every((value) => typeof value === 'number')
    if (!isVector || !Number.isInteger(index) || Number(index) < 0 || Number(index) >= count)
      throw garbage('no vectors')
    vectors[Number(index)] = embedding
  }
  if (Object.keys(vectors).length !== count) throw garbage('no vector for a text')
  return vectors
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}

function garbage(what: string): ServiceError {
  return new ServiceError('MODEL_SERVER_ERROR', `the model server returned ${what}`)
}
