import { ServiceError } from './errors.ts'

/** Kind of problem of a value in a request. Protocols that have a code for each kind read it from the details. */
export type ValueProblem =
  | 'missing'
  | 'wrong_type'
  | 'invalid'
  | 'below_minimum'
  | 'above_maximum'
  | 'too_short'
  | 'too_long'
  | 'too_few'
  | 'too_many'
  | 'empty_file'
  | 'unsupported'
  | 'unsupported_tool'

/** Length at which values in error messages are cut. */
const MAX_ECHOED_CHARACTERS = 100

/**
 * Returns a VALIDATION_ERROR. `path` is the place of the value in the request, such as `filters.filters[2].key`; `rule`
 * completes a sentence that begins with it, such as "must be a string".
 */
export function invalidValue(
  path: string,
  problem: ValueProblem,
  rule: string,
  value: unknown = null,
): ServiceError {
  return new ServiceError('VALIDATION_ERROR', `${path} ${rule}`, {
    field: path,
    value: shortened(value),
    problem,
  })
}

/** Returns the value for an error message: texts are cut, and objects and lists are left out. */
export function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, MAX_ECHOED_CHARACTERS)
  return typeof value === 'object' && value !== null ? null : value
}
