import type { KeyListRequest } from '../../domain/files/key-list.ts'
import { parseContinuationToken } from './continuation-token.ts'
import { isProblem, problem, type S3Problem } from './problem.ts'
import { readMaximum } from './read-maximum.ts'
import { type EncodingType, parseEncodingType } from './xml/encode-names.ts'

/** Request of ListObjects or ListObjectsV2. `list.limit` is the maximum to tell in the answer. */
export type ObjectListRequest = {
  readonly list: KeyListRequest
  readonly encodingType: EncodingType
} & (
  | { readonly version: 1; readonly marker: string }
  | {
      readonly version: 2
      readonly startAfter: string | null
      readonly continuationToken: string | null
      readonly fetchesOwner: boolean
    }
)

/** Largest page, as in S3. */
const MAX_KEYS = 1000

/**
 * Reads the query of ListObjects, or of ListObjectsV2 where it has `list-type=2`. `fieldOf` returns a query field; null
 * for none. Problems are `InvalidArgument`.
 */
export function readObjectList(fieldOf: (name: string) => string | null): ObjectListRequest | S3Problem {
  const listType = fieldOf('list-type')
  if (listType !== null && listType !== '2') return invalid('list-type', listType, 'Invalid list-type')
  const limit = readMaximum('max-keys', fieldOf('max-keys'), MAX_KEYS)
  if (isProblem(limit)) return limit
  const encodingType = parseEncodingType(fieldOf('encoding-type'))
  if (isProblem(encodingType)) return encodingType
  const position = listType === null ? readMarker(fieldOf) : readPosition(fieldOf)
  if (isProblem(position)) return position
  const { after, ...rest } = position
  const list = { prefix: fieldOf('prefix') ?? '', delimiter: fieldOf('delimiter') ?? '', after, limit }
  const unreadable = [list.prefix, list.delimiter, after].find((text) => text.includes('\0'))
  if (unreadable !== undefined) return invalid('prefix', '', 'A value contains a null character')
  return { list, encodingType, ...rest }
}

function readMarker(fieldOf: (name: string) => string | null) {
  const marker = fieldOf('marker') ?? ''
  return { version: 1, marker, after: marker } as const
}

function readPosition(fieldOf: (name: string) => string | null) {
  const startAfter = fieldOf('start-after')
  const continuationToken = fieldOf('continuation-token')
  const fetchesOwner = fieldOf('fetch-owner') === 'true'
  const continued = continuationToken === null ? null : parseContinuationToken(continuationToken)
  if (continuationToken !== null && continued === null) {
    return invalid('continuation-token', continuationToken, 'The continuation token provided is incorrect')
  }
  return {
    version: 2,
    startAfter,
    continuationToken,
    fetchesOwner,
    after: continued ?? startAfter ?? '',
  } as const
}

function invalid(name: string, value: string, message: string): S3Problem {
  return problem('InvalidArgument', message, { ArgumentName: name, ArgumentValue: value })
}
