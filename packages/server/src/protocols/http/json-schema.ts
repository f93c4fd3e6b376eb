import type { FromSchema, JSONSchema } from 'json-schema-to-ts'

type Properties = Readonly<Record<string, JSONSchema>>

interface ObjectSchema<Required extends Properties, Optional extends Properties> {
  readonly type: 'object'
  readonly required: readonly (keyof Required & string)[]
  readonly properties: Required & Optional
}

/** Returns the schema of an object that must have the first properties and may have the second. */
export function object<
  const Required extends Properties,
  const Optional extends Properties = Record<never, never>,
>(required: Required, optional?: Optional): ObjectSchema<Required, Optional> {
  const names: readonly (keyof Required & string)[] = Object.keys(required)
  return { type: 'object', required: names, properties: { ...required, ...optional } as Required & Optional }
}

/** Returns the schema of a value that may also be null. */
export const nullable = <const Schema extends JSONSchema>(schema: Schema, description: string) =>
  ({ anyOf: [schema, { type: 'null' }], description }) as const

/** Type of the values that match a schema, with the properties that it names and no others. */
export type TypeOf<Schema extends JSONSchema> = Named<FromSchema<Schema>>

/** JSON Schema allows additional properties, typed as unknown. Without them, the compiler finds misspelt names. */
type Named<Value> = Value extends readonly unknown[]
  ? { [Index in keyof Value]: Named<Value[Index]> }
  : Value extends object
    ? { [Name in keyof Value as unknown extends Value[Name] ? never : Name]: Named<Value[Name]> }
    : Value

/** Schema of a time as ISO 8601 in UTC. */
export const Time = { type: 'string', format: 'date-time' } as const satisfies JSONSchema
