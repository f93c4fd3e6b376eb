import { execFileSync } from 'node:child_process'

interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema
  readonly default?: unknown
}
type Content = Readonly<Record<string, { readonly schema: Schema }>>
interface Operation {
  readonly operationId: string
  readonly security?: readonly object[]
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly schema: Schema
    readonly required?: boolean
  }[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}
export interface OpenapiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** Shapes that several operations share, by where the document has them; every equal one takes the name. */
const NAMES: readonly (readonly [name: string, find: (schemas: SchemaFinder) => Schema | undefined])[] = [
  ['ErrorCode', (schemas) => schemas.component('Error')?.properties?.error?.properties?.code],
  ['Scope', (schemas) => schemas.answer('getApiKey')?.properties?.scopes?.items],
  ['ApiKey', (schemas) => schemas.answer('getApiKey')],
  ['Organization', (schemas) => schemas.answer('getOrganization')],
  ['WaybillFile', (schemas) => schemas.answer('getFile')],
  ['OpenUpload', (schemas) => schemas.answer('listUploads')?.properties?.uploads?.items],
]

interface SchemaFinder {
  component(name: string): Schema | undefined
  answer(operationId: string): Schema | undefined
}

/** The types of the client library, as the text of a file, made of the contract. */
export function apiTypes(document: OpenapiDocument): string {
  const operations = Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .filter(({ security }) => (security?.length ?? 0) > 0)
  const named = new Map<string, string>()
  const lines: string[] = []
  const declare = (name: string, schema: Schema | undefined) => {
    if (schema === undefined) throw new Error(`the contract has no ${name}`)
    const shape = JSON.stringify(schema)
    if (named.has(shape)) return
    const text = typeOf(schema, named)
    lines.push(schema.properties ? `export interface ${name} ${text}` : `export type ${name} = ${text}`)
    named.set(shape, name)
  }
  const finder: SchemaFinder = {
    component: (name) => document.components.schemas[name],
    answer: (id) => answerOf(operations.find(({ operationId }) => operationId === id)),
  }
  for (const [name, find] of NAMES) declare(name, find(finder))
  for (const operation of operations) {
    const name = operation.operationId.replace(/^./, (first) => first.toUpperCase())
    const query = querySchema(operation)
    if (query) declare(`${name}Query`, query)
    const body = operation.requestBody?.content['application/json']?.schema
    if (body) declare(`${name}Body`, body)
    const answer = answerOf(operation)
    if (answer) declare(`${name}Answer`, answer)
  }
  const head = '// Made of api/openapi.json by «npm run openapi»: change nothing here.'
  return formatted([head, ...lines].join('\n\n'))
}

function answerOf(operation: Operation | undefined): Schema | undefined {
  const answer = operation?.responses['200'] ?? operation?.responses['201']
  return answer?.content?.['application/json']?.schema
}

/** What has a default may be left out, whatever else is said of it. */
function querySchema({ parameters = [] }: Operation): Schema | null {
  const inQuery = parameters.filter((one) => one.in === 'query')
  if (inQuery.length === 0) return null
  const isNeeded = (one: (typeof inQuery)[number]) =>
    one.required === true && one.schema.default === undefined
  return {
    type: 'object',
    properties: Object.fromEntries(inQuery.map(({ name, schema }) => [name, schema])),
    required: inQuery.filter(isNeeded).map(({ name }) => name),
  }
}

function typeOf(schema: Schema, named: ReadonlyMap<string, string>): string {
  const name = named.get(JSON.stringify(schema))
  if (name !== undefined) return name
  const { type, enum: values, anyOf, items, properties, additionalProperties } = schema
  if (schema.const !== undefined) return literal(schema.const)
  if (values) return values.map(literal).join(' | ')
  if (anyOf) return anyOf.map((one) => typeOf(one, named)).join(' | ')
  if (items) return `readonly (${typeOf(items, named)})[]`
  if (properties) return objectType(properties, schema.required ?? [], named)
  if (additionalProperties) return `Readonly<Record<string, ${typeOf(additionalProperties, named)}>>`
  if (type === 'object') return 'Readonly<Record<string, unknown>>'
  if (type === 'integer' || type === 'number') return 'number'
  if (type === 'string' || type === 'boolean' || type === 'null') return type
  throw new Error(`a schema of a kind that is not known here: ${JSON.stringify(schema)}`)
}

function objectType(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  named: ReadonlyMap<string, string>,
): string {
  const fields = Object.entries(properties).map(([name, schema]) => {
    return `readonly ${name}${required.includes(name) ? '' : '?'}: ${typeOf(schema, named)}\n`
  })
  return `{\n${fields.join('')}}`
}

const literal = (value: unknown) => `'${value}'`.replace(/^'(false|true|null|\d+)'$/, '$1')

function formatted(text: string): string {
  const args = ['format', '--stdin-file-path=packages/sdk/src/api-types.ts']
  return execFileSync('biome', args, { input: text, encoding: 'utf8' })
}
