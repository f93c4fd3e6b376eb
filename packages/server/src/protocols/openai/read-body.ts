import type { FastifyRequest } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import { fileIdOf } from '../../domain/ids.ts'
import { isAbsent, type JsonObject, readId, readList } from '../../domain/read-values.ts'

/** Returns the JSON object of a body; an empty one for a request without a body. Throws VALIDATION_ERROR. */
export function bodyOf({ body }: Pick<FastifyRequest, 'body'>): JsonObject {
  if (isAbsent(body)) return {}
  if (typeof body === 'object' && !Array.isArray(body)) return body as JsonObject
  const details = { field: '', value: null, problem: 'wrong_type' }
  throw new ServiceError('VALIDATION_ERROR', 'the body must be a JSON object', details)
}

/** Returns the value that `parse` makes of a member; null when the client leaves it out. */
export function optional<T>(
  value: unknown,
  path: string,
  parse: (value: unknown, path: string) => T,
): T | null {
  return isAbsent(value) ? null : parse(value, path)
}

/** Returns the id of a File in the service's own spelling. Throws VALIDATION_ERROR. */
export function readFileId(value: unknown, path: string): string {
  return fileIdOf(readId(value, path))
}

/** Returns 1 to `max` ids of Files, or none when `min` is 0. Throws VALIDATION_ERROR. */
export function readFileIds(value: unknown, path: string, max: number, min = 0): readonly string[] {
  return readList(value, path, max, min).map((id, index) => readFileId(id, `${path}[${index}]`))
}
