import type { Schema } from './document.ts'

/** The type of a value in a few words, such as `integer or null`. */
export function typeText(schema: Schema): string {
  const { type, anyOf, items, format, enum: values } = schema
  if (schema.const !== undefined) return literal(schema.const)
  if (values) return values.map(literal).join(' or ')
  if (anyOf) return anyOf.map(typeText).join(' or ')
  if (items) return `array of ${typeText(items).replace(/^(string|integer|object)$/, '$1s')}`
  if (format === 'date-time') return 'time (ISO 8601)'
  return type ?? 'anything'
}

/** What a value has to be beside its type, such as `1 to 255 characters`. */
export function constraintTexts(schema: Schema): readonly string[] {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern } = schema
  const constraints = [
    rangeText(minimum, maximum, ''),
    rangeText(minLength, maxLength, ' characters'),
    rangeText(minItems, maxItems, ' entries'),
    schema.uniqueItems ? 'each once' : null,
    pattern === undefined ? null : `matches \`${pattern}\``,
    schema.default === undefined ? null : `default ${literal(schema.default)}`,
    schema.examples?.length ? `such as ${schema.examples.map(literal).join(' or ')}` : null,
  ]
  return constraints.filter((text) => text !== null)
}

function rangeText(from: number | undefined, to: number | undefined, unit: string): string | null {
  if (from === 1 && to === undefined && unit !== '') return 'not empty'
  // The largest that JSON carries without loss is no limit that a reader has to know of.
  const limits = [from, to === Number.MAX_SAFE_INTEGER ? undefined : to]
  const [least, most] = limits.map((value) => value?.toLocaleString('en'))
  if (least !== undefined && most !== undefined) return `${least} to ${most}${unit}`
  if (least !== undefined) return `at least ${least}${unit}`
  return most === undefined ? null : `at most ${most}${unit}`
}

const literal = (value: unknown) => `\`${value}\``
