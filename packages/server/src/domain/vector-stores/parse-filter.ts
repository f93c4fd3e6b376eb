import { invalidValue } from '../invalid-value.ts'
import { isAbsent, readList, readObject, readOneOf, readText } from '../read-values.ts'
import type { Filter } from './filter.ts'
import { MAX_KEY_LENGTH } from './parse-attributes.ts'
import type { AttributeValue } from './store-file.ts'

const KINDS = ['and', 'or', 'eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin'] as const
type Kind = (typeof KINDS)[number]

/** Limit of compounds within each other. */
const MAX_DEPTH = 8
const MAX_NODES = 256
const MAX_VALUES = 256
const MAX_VALUE_LENGTH = 8192

const ORDERED: ReadonlySet<Kind> = new Set(['gt', 'gte', 'lt', 'lte'])

/**
 * Returns the filter of a search; null when there is none. `path` is its place in the request, such as `filters`.
 * Compounds are nested at most 8 deep, and the filter has at most 256 nodes. Throws VALIDATION_ERROR.
 */
export function parseFilter(value: unknown, path: string): Filter | null {
  if (isAbsent(value)) return null
  let nodes = 0

  const parseNode = (node: unknown, at: string, depth: number): Filter => {
    nodes++
    if (nodes > MAX_NODES) throw invalidValue(path, 'invalid', `must have at most ${MAX_NODES} nodes`)
    const fields = readObject(node, at)
    const type = readOneOf(fields.type, `${at}.type`, KINDS)
    if (type === 'and' || type === 'or') {
      if (depth === MAX_DEPTH) throw invalidValue(at, 'invalid', `must be nested at most ${MAX_DEPTH} deep`)
      const filters = readList(fields.filters, `${at}.filters`, MAX_NODES, 1)
      return {
        type,
        filters: filters.map((one, index) => parseNode(one, `${at}.filters[${index}]`, depth + 1)),
      }
    }
    const key = readText(fields.key, `${at}.key`, MAX_KEY_LENGTH, 1)
    if (type === 'in' || type === 'nin') {
      const values = readList(fields.value, `${at}.value`, MAX_VALUES, 1)
      return { type, key, values: values.map((one, index) => readValue(one, `${at}.value[${index}]`)) }
    }
    const operand = readValue(fields.value, `${at}.value`)
    if (ORDERED.has(type) && typeof operand === 'boolean')
      throw invalidValue(`${at}.value`, 'wrong_type', `must be a string or a number for ${type}`, operand)
    return { type, key, value: operand }
  }

  return parseNode(value, path, 0)
}

function readValue(value: unknown, path: string): AttributeValue {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'string' || isAbsent(value)) return readText(value, path, MAX_VALUE_LENGTH)
  throw invalidValue(path, 'wrong_type', 'must be a string, a finite number or a boolean', value)
}
