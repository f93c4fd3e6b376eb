import { invalidValue } from '../invalid-value.ts'

/** Limit of the departments of a member, and of those of a vector store. */
const MAX_DEPARTMENTS = 100
const MAX_LENGTH = 100

/** Returns the names without repetitions. Throws VALIDATION_ERROR for too many, and for a text that is no name. */
export function checkDepartments(names: readonly string[], field: string): string[] {
  const departments = [...new Set(names)]
  if (departments.length > MAX_DEPARTMENTS)
    throw invalidValue(field, 'too_many', `must have at most ${MAX_DEPARTMENTS} names`)
  const wrong = departments.find((name) => !isName(name))
  if (wrong === undefined) return departments
  const rule = `must be names with 1 to ${MAX_LENGTH} characters, without spaces at their ends`
  throw invalidValue(field, 'invalid', rule, wrong)
}

function isName(text: string): boolean {
  const isText = text !== '' && text.length <= MAX_LENGTH && text.isWellFormed()
  return isText && text.trim() === text && !/\p{Cc}/u.test(text)
}
