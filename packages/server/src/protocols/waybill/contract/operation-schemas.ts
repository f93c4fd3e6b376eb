import type { JSONSchema } from 'json-schema-to-ts'

/** What each operation takes and answers, by its name. */
export type OperationSchemas = Readonly<Record<string, Operation>>

interface Operation {
  readonly operationId: string
  readonly params?: JSONSchema
  readonly querystring?: JSONSchema
  readonly body?: JSONSchema
  readonly response?: Readonly<Record<number, JSONSchema>>
}
