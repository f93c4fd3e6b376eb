import type { JSONSchema } from 'json-schema-to-ts'

type Properties = Readonly<Record<string, JSONSchema>>

interface ObjectSchema<Required extends Properties, Optional extends Properties> {
  readonly type: 'object'
  readonly required: readonly (keyof Required & string)[]
  readonly properties: Required & Optional
}

/** The schema of an object that has every one of `required` and may have those of `optional`. */
export function object<
  const Required extends Properties,
  const Optional extends Properties = Record<never, never>,
>(required: Required, optional?: Optional): ObjectSchema<Required, Optional> {
  const names: readonly (keyof Required & string)[] = Object.keys(required)
  return { type: 'object', required: names, properties: { ...required, ...optional } as Required & Optional }
}
