import type { Schema } from './document.ts'

/** Returns the type of a value as text, such as `integer or null`. */
export function typeText(schema: Schema): string {
  const { type, anyOf, items, format, enum: values } = schema
  if (schema.const !== undefined) return literal(schema.const)
  if (values) return values.map(literal).join(' or ')
  if (anyOf) return anyOf.map(typeText).join(' or ')
  if (items) return `array of ${typeText(items).replace(/^(string|integer|object)$/, '$1s')}`
  if (format === 'date-time') return 'time (ISO 8601)'
  return type ?? 'anything'
}

/** Returns the constraints of a value as texts, such as `1 to 255 characters`. */
export function constraintTexts(schema: Schema): readonly string[] {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern } = schema
  const constraints = [
    rangeText(minimum, maximum, ''),
    rangeText(minLength, maxLength, ' characters'),
    rangeText(minItems, maxItems, ' entries'),
    schema.uniqueItems ? 'unique' : null,
    pattern === undefined ? null : `matches \`${pattern}\``,
    schema.default === undefined ? null : `default ${literal(schema.default)}`,
    schema.examples?.length ? `such as ${schema.examples.map(literal).join(' or ')}` : null,
  ]
  return constraints.filter((text) => text !== null)
}

function rangeText(from: number | undefined, to: number | undefined, unit: string): string | null {
  if (from === 1 && to === undefined && unit !== '') return 'not empty'
  // The largest integer that JSON carries without loss is not a limit of the API, so it is not shown.
  const limits = [from, to === Number.MAX_SAFE_INTEGER ? undefined : to]
  const [least, most] = limits.map((value) => value?.toLocaleString('en'))
  if (least !== undefined && most !== undefined) return `${least} to ${most}${unit}`
  if (least !== undefined) return `at least ${least}${unit}`
  return most === undefined ? null : `at most ${most}${unit}`
}

const literal = (value: unknown) => `\`${value}\``
