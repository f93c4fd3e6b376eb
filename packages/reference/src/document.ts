/** The parts of the OpenAPI document that the page shows. */
export interface Document {
  readonly info: { readonly description: string }
  /** Groups of operations, in the order in which they are shown. */
  readonly tags: readonly Tag[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly headers: Readonly<Record<string, Header>>
    readonly examples: Readonly<Record<string, { readonly value: ErrorBody }>>
  }
}

export interface Tag {
  readonly name: string
  readonly description: string
}

export interface DocumentedOperation {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  /** Required scopes by security scheme. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, DocumentedResponse>>
}

export interface Operation extends DocumentedOperation {
  readonly method: string
  readonly path: string
}

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema: Schema
}

export interface DocumentedResponse {
  readonly description: string
  readonly headers?: Readonly<Record<string, Header | Reference>>
  readonly content?: Content
}

export type Content = Readonly<Record<string, MediaType>>

export interface MediaType {
  readonly schema: Schema | Reference
  readonly example?: unknown
  /** Examples by error code. */
  readonly examples?: Readonly<Record<string, Reference>>
}

export interface Header {
  readonly description?: string
}

export interface Reference {
  readonly $ref: string
}

export interface Schema {
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly minProperties?: number
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema
}

export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly status: number }
}

export interface Group extends Tag {
  readonly operations: readonly Operation[]
}

/** Groups the operations by tag, in the order of the document. Tags without a description come last. */
export function groupsOf({ tags, paths }: Document): readonly Group[] {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  )
  const byTag = Map.groupBy(operations, ({ tags: [tag = 'Other'] }) => tag)
  const unexplained = [...byTag.keys()].filter((name) => tags.every((tag) => tag.name !== name))
  return [...tags, ...unexplained.map((name) => ({ name, description: '' }))].map((tag) => ({
    ...tag,
    operations: byTag.get(tag.name) ?? [],
  }))
}
