import { percentDecode } from './percent-encoding.ts'
import { problem, type S3Problem } from './problem.ts'

/** Bucket, key and query of a request, read from the raw request target: signatures cover the path as it was sent. */
export interface RequestTarget {
  /** Path as the client sent it. */
  readonly rawPath: string
  /** Name of the bucket; null for the root. */
  readonly bucket: string | null
  /** Key of the object, which may contain `//` and end with a slash; null for a request on the bucket. */
  readonly key: string | null
  /** Decoded fields in their order; a name without `=` has the value ''. */
  readonly query: readonly QueryField[]
}

export interface QueryField {
  readonly name: string
  readonly value: string
}

/** Largest number of query fields. No request of S3 has as many. */
const MAX_FIELDS = 100
const ABSOLUTE = /^https?:\/\/[^/?]*/i

/**
 * Returns the target of a request. `hostBucket` is the bucket that the host name tells; null for none, and then the
 * first segment of the path is the bucket. Problems are `InvalidURI`, and `InvalidBucketName` for a key without a bucket.
 */
export function parseRequestTarget(url: string, hostBucket: string | null = null): RequestTarget | S3Problem {
  const target = url.replace(ABSOLUTE, '')
  const mark = target.indexOf('?')
  const rawPath = (mark === -1 ? target : target.slice(0, mark)) || '/'
  const query = parseQuery(mark === -1 ? '' : target.slice(mark + 1))
  const path = percentDecode(rawPath)
  if (path === null || query === null || !path.startsWith('/')) {
    return problem('InvalidURI', 'The request target cannot be parsed.')
  }
  const names = hostBucket === null ? splitPath(path.slice(1)) : [hostBucket, path.slice(1)]
  const [bucket = '', key = ''] = names
  if (bucket === '' && key !== '') return problem('InvalidBucketName', '')
  return { rawPath, query, bucket: bucket || null, key: key || null }
}

function splitPath(path: string): [bucket: string, key: string] {
  const slash = path.indexOf('/')
  return slash === -1 ? [path, ''] : [path.slice(0, slash), path.slice(slash + 1)]
}

/** Returns null for a query that cannot be decoded, or has too many fields. */
function parseQuery(raw: string): readonly QueryField[] | null {
  const parts = raw.split('&').filter((part) => part !== '')
  if (parts.length > MAX_FIELDS) return null
  const fields: QueryField[] = []
  for (const part of parts) {
    const equals = part.indexOf('=')
    const name = percentDecode(equals === -1 ? part : part.slice(0, equals))
    const value = percentDecode(equals === -1 ? '' : part.slice(equals + 1))
    if (name === null || value === null) return null
    fields.push({ name, value })
  }
  return fields
}

/** Returns the value of the first field of this name; null when there is none. */
export function queryValue({ query }: Pick<RequestTarget, 'query'>, name: string): string | null {
  return query.find((field) => field.name === name)?.value ?? null
}

export function hasQuery({ query }: Pick<RequestTarget, 'query'>, name: string): boolean {
  return query.some((field) => field.name === name)
}
