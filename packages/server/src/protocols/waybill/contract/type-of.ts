import type { FromSchema, JSONSchema } from 'json-schema-to-ts'

/** The type of what fits the schema, with the fields that it names and no others. */
export type TypeOf<Schema extends JSONSchema> = Named<FromSchema<Schema>>

/** JSON Schema lets an object have fields of any name, of type unknown. With those a misspelt one would be no error. */
type Named<Value> = Value extends readonly unknown[]
  ? { [Index in keyof Value]: Named<Value[Index]> }
  : Value extends object
    ? { [Name in keyof Value as unknown extends Value[Name] ? never : Name]: Named<Value[Name]> }
    : Value
