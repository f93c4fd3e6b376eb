import { invalidValue } from '../../domain/invalid-value.ts'
import { readInteger, readOneOf, readText } from '../../domain/read-values.ts'

/** Query of a list, where every value is a text, or a list of texts when a name occurs more than once. */
export type Query = Readonly<Record<string, unknown>>

/** Cursor longer than every id. */
const MAX_CURSOR_LENGTH = 128

export interface ListQuery {
  readonly limit: number
  readonly order: 'asc' | 'desc'
  /** Id of the entry before the page, or after it; null when the client sends none. */
  readonly after: string | null
  readonly before: string | null
}

/** Returns the part of a list that a query asks for. Throws VALIDATION_ERROR. */
export function readListQuery(
  query: Query,
  limits: { readonly max: number; readonly usual: number },
): ListQuery {
  return {
    limit: readNumber(query, 'limit', limits),
    order: readChoice(query, 'order', ['asc', 'desc']) ?? 'desc',
    after: readCursor(query, 'after'),
    before: readCursor(query, 'before'),
  }
}

/** Returns one of the values; null when the client sends none. Throws VALIDATION_ERROR. */
export function readChoice<Value extends string>(
  query: Query,
  name: string,
  values: readonly Value[],
): Value | null {
  return isEmpty(query[name]) ? null : readOneOf(query[name], name, values)
}

function readNumber(
  query: Query,
  name: string,
  { max, usual }: { readonly max: number; readonly usual: number },
) {
  const value = query[name]
  if (isEmpty(value)) return usual
  if (typeof value !== 'string' || !/^-?\d+$/.test(value))
    throw invalidValue(name, 'wrong_type', 'must be an integer', value)
  return readInteger(Number(value), name, 1, max)
}

function readCursor(query: Query, name: string): string | null {
  return isEmpty(query[name]) ? null : readText(query[name], name, MAX_CURSOR_LENGTH)
}

function isEmpty(value: unknown): value is undefined | '' {
  return value === undefined || value === ''
}
