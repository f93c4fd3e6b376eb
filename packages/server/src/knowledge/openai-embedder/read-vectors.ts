import { ServiceError } from '../../domain/errors.ts'

/**
 * Returns the vectors of a response in the order of the texts, scaled to length 1. Throws SERVICE_UNAVAILABLE when the
 * response does not hold exactly one vector of finite numbers for each text.
 */
export function readVectors(body: unknown, count: number, dimensions: number | null): Float32Array[] {
  const data = isObject(body) ? body.data : null
  if (!Array.isArray(data)) throw wrong('no list of vectors')
  if (data.length !== count) throw wrong(`${data.length} vectors for ${count} texts`)
  const vectors: Float32Array[] = []
  for (const [position, item] of data.entries()) {
    const index = isObject(item) && typeof item.index === 'number' ? item.index : position
    if (index < 0 || index >= count || vectors[index]) throw wrong(`the index ${index} twice or out of range`)
    vectors[index] = readVector(
      isObject(item) ? item.embedding : null,
      dimensions ?? vectors.find(Boolean)?.length ?? null,
    )
  }
  return vectors
}

function readVector(values: unknown, dimensions: number | null): Float32Array {
  if (!Array.isArray(values) || values.length === 0) throw wrong('a vector that is no list of numbers')
  if (dimensions !== null && values.length !== dimensions) {
    throw wrong(`a vector of ${values.length} dimensions instead of ${dimensions}`)
  }
  if (!values.every((value) => typeof value === 'number' && Number.isFinite(value))) {
    throw wrong('a vector with values that are no finite numbers')
  }
  const length = Math.hypot(...values)
  if (length === 0) throw wrong('a vector of length 0')
  return Float32Array.from(values, (value) => value / length)
}

/** Returns the tokens of the texts as the server counts them; null when it does not. */
export function readTokens(body: unknown): number | null {
  const usage = isObject(body) && isObject(body.usage) ? body.usage : {}
  const { prompt_tokens: count } = usage
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

function wrong(what: string): ServiceError {
  return new ServiceError('SERVICE_UNAVAILABLE', `the embeddings server returned ${what}`)
}
