import type { Attributes, AttributeValue } from './store-file.ts'

/** Condition on the attributes of a file. It is typed: the text "1", the number 1 and `true` are three values. */
export type Filter = Comparison | Membership | Compound

export interface Comparison {
  readonly type: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte'
  readonly key: string
  readonly value: AttributeValue
}

export interface Membership {
  readonly type: 'in' | 'nin'
  readonly key: string
  readonly values: readonly AttributeValue[]
}

export interface Compound {
  readonly type: 'and' | 'or'
  readonly filters: readonly Filter[]
}

/** Limits of a filter that a caller sends. */
export const FILTER_LIMITS = { depth: 8, nodes: 256, values: 256 } as const

/**
 * Returns true when the attributes fulfil the filter. A missing key fulfils only `ne` and `nin`. The comparisons with
 * gt, gte, lt and lte hold between two numbers, or between two strings in the order of their code points.
 */
export function matches(filter: Filter, attributes: Attributes): boolean {
  switch (filter.type) {
    case 'and':
      return filter.filters.every((part) => matches(part, attributes))
    case 'or':
      return filter.filters.some((part) => matches(part, attributes))
    case 'eq':
      return attributeOf(attributes, filter.key) === filter.value
    case 'ne':
      return attributeOf(attributes, filter.key) !== filter.value
    case 'in':
      return filter.values.some((value) => value === attributeOf(attributes, filter.key))
    case 'nin':
      return !filter.values.some((value) => value === attributeOf(attributes, filter.key))
    default: {
      const order = compare(attributeOf(attributes, filter.key), filter.value)
      return order !== null && holds(filter.type, order)
    }
  }
}

/** Reads own keys only: a key such as `constructor` is an attribute like any other. */
function attributeOf(attributes: Attributes, key: string): AttributeValue | undefined {
  return Object.hasOwn(attributes, key) ? attributes[key] : undefined
}

function holds(type: 'gt' | 'gte' | 'lt' | 'lte', order: number): boolean {
  if (type === 'gt') return order > 0
  if (type === 'gte') return order >= 0
  if (type === 'lt') return order < 0
  return order <= 0
}

/** Returns the order of two values of one type; null when they cannot be ordered. */
function compare(one: AttributeValue | undefined, other: AttributeValue): number | null {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  if (typeof one === 'string' && typeof other === 'string') return compareCodePoints(one, other)
  return null
}

/** Orders strings by code points. JavaScript compares UTF-16 units, which differs beyond the basic plane. */
function compareCodePoints(one: string, other: string): number {
  const rest = other[Symbol.iterator]()
  for (const character of one) {
    const { value, done } = rest.next()
    if (done) return 1
    const difference = (character.codePointAt(0) ?? 0) - (value.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return rest.next().done ? 0 : -1
}
