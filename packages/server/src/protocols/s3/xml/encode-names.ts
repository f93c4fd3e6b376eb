import { percentEncodePath } from '../percent-encoding.ts'
import { problem, type S3Problem } from '../problem.ts'

/** Encoding of keys and prefixes in lists: clients ask for one because XML cannot hold every character. */
export type EncodingType = 'url' | null

/** Parses `encoding-type`. A problem is `InvalidArgument`. */
export function parseEncodingType(text: string | null): EncodingType | S3Problem {
  if (text === null || text === 'url') return text
  return problem('InvalidArgument', 'Invalid Encoding Method specified in Request', {
    ArgumentName: 'encoding-type',
    ArgumentValue: text,
  })
}

/** Returns the function that encodes the names of a list; null stays null. */
export function nameEncoder(type: EncodingType): <T extends string | null>(name: T) => T {
  return (name) => (type === null || name === null ? name : (percentEncodePath(name) as typeof name))
}
