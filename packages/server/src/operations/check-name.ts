import { ServiceError } from '../domain/errors.ts'

const MAX_NAME_LENGTH = 255
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

/**
 * Throws VALIDATION_ERROR for a name that is empty, too long or contains control characters: a terminal that prints the
 * name would execute them. `field` is the name of the field in the API.
 */
export function checkName(field: 'name' | 'key_name', name: string): void {
  const length = [...name].length
  if (length >= 1 && length <= MAX_NAME_LENGTH && name.isWellFormed() && !CONTROL.test(name)) return
  const rule = `${field} must have 1-${MAX_NAME_LENGTH} characters and no control characters`
  throw new ServiceError('VALIDATION_ERROR', rule, { field, value: name.slice(0, MAX_NAME_LENGTH) })
}
