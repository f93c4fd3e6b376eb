/** Returns true when a value has no property that its schema does not name. */
export type NamesAll = (value: unknown) => boolean

/** The part of JSON Schema that responses use. */
interface Schema {
  readonly type?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly additionalProperties?: unknown
}

const ANYTHING: NamesAll = () => true
const NOTHING: NamesAll = () => false
const TYPES_WITHOUT_PROPERTIES: readonly unknown[] = ['string', 'integer', 'number', 'boolean', 'null']
const OTHER_KEYWORDS = ['$ref', 'allOf', 'oneOf', 'if', 'patternProperties']

/**
 * Compiles the check that a value has only properties that the schema names. The check accepts no value of a schema
 * that describes properties by other means than names, lists, maps of texts and null.
 */
export function compileNamesAll(schema: object): NamesAll {
  const { type, properties, items, anyOf, additionalProperties } = schema as Schema
  if (OTHER_KEYWORDS.some((keyword) => keyword in schema)) return NOTHING
  if (anyOf !== undefined) {
    const [only, ...others] = anyOf.filter((one) => one.type !== 'null')
    return only !== undefined && others.length === 0 ? compileNamesAll(only) : NOTHING
  }
  if (items !== undefined) return namesAllOfItems(compileNamesAll(items))
  if (properties !== undefined) return additionalProperties ? NOTHING : namesAllOf(properties)
  return TYPES_WITHOUT_PROPERTIES.includes(type) || isMapOfTexts(additionalProperties) ? ANYTHING : NOTHING
}

function isMapOfTexts(additional: unknown): boolean {
  return typeof additional === 'object' && additional !== null && (additional as Schema).type === 'string'
}

function namesAllOfItems(namesAllOfItem: NamesAll): NamesAll {
  return (value) => !Array.isArray(value) || value.every(namesAllOfItem)
}

function namesAllOf(properties: Readonly<Record<string, Schema>>): NamesAll {
  const checks = new Map(
    Object.entries(properties).map(([name, property]) => [name, compileNamesAll(property)]),
  )
  return (value) => {
    if (typeof value !== 'object' || value === null) return true
    for (const name in value) {
      const check = checks.get(name)
      if (check === undefined) return false
      if (check !== ANYTHING && !check((value as Readonly<Record<string, unknown>>)[name])) return false
    }
    return true
  }
}
