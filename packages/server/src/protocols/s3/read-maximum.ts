import { problem, type S3Problem } from './problem.ts'

const MAX_INT32 = 2_147_483_647

/**
 * Parses the size of a page, such as `max-keys`; `largest` when it is absent or larger. A problem is `InvalidArgument`.
 */
export function readMaximum(name: string, text: string | null, largest: number): number | S3Problem {
  if (text === null || text === '') return largest
  if (!/^\d{1,10}$/.test(text) || Number(text) > MAX_INT32) {
    return problem('InvalidArgument', `Argument ${name} must be an integer between 0 and ${MAX_INT32}`, {
      ArgumentName: name,
      ArgumentValue: text,
    })
  }
  return Math.min(Number(text), largest)
}
