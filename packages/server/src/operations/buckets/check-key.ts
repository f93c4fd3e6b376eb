import { keyProblem } from '../../domain/files/bucket-key.ts'
import { invalidValue } from '../../domain/invalid-value.ts'

/** Throws VALIDATION_ERROR for a key that no File can get. */
export function checkKey(key: string): void {
  const problem = keyProblem(key)
  if (problem === null) return
  const rule = problem.kind === 'too-long' ? 'must have at most 1,024 bytes in UTF-8' : problem.rule
  throw invalidValue('key', 'invalid', rule)
}
