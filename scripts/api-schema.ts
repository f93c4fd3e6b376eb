import openapiTS, { astToString } from 'openapi-typescript'

interface Operation {
  readonly operationId?: string
  readonly security?: readonly object[]
  readonly responses: Readonly<Record<string, object>>
}
interface OpenapiDocument {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

const HEADER =
  '// openapi-typescript generates this file from api/openapi.json: run "npm run openapi" instead of editing it.\n\n'

/** Returns the text of `packages/sdk/src/api-schema.ts`: the TypeScript types of the API that the client library uses. */
export async function apiSchema(document: OpenapiDocument): Promise<string> {
  const nodes = await openapiTS(contractOfSdk(document), {
    immutable: true,
    // A client may leave out a property that has a default.
    defaultNonNullable: false,
  })
  return HEADER + astToString(nodes)
}

/**
 * Returns the operations of the client library, with their answers of success. All errors have the one schema `Error`, and
 * examples would be most of the declarations that a user of the library downloads.
 */
function contractOfSdk({ openapi, info, paths, components }: OpenapiDocument) {
  const contract = {
    openapi,
    info,
    components: { schemas: components.schemas },
    paths: mapValues(paths, (methods) =>
      mapValues(filterEntries(methods, isOfSdk), (operation) => ({
        ...operation,
        responses: mapValues(filterEntries(operation.responses, isSuccess), (response) => ({
          ...response,
          headers: {},
        })),
      })),
    ),
  }
  return JSON.parse(JSON.stringify(contract, (name, value) => (/^examples?$/.test(name) ? undefined : value)))
}

/** The client library asks how to sign in before there is a credential. */
const isOfSdk = (_: string, { operationId, security = [] }: Operation) =>
  security.length > 0 || operationId === 'getSignIn'
const isSuccess = (status: string) => status.startsWith('2')

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
}

function filterEntries<T>(
  record: Readonly<Record<string, T>>,
  isKept: (name: string, value: T) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name, value]) => isKept(name, value)))
}
