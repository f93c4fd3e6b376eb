import fastJsonStringify, { type AnySchema } from 'fast-json-stringify'

type Serialize = (body: unknown) => string

/**
 * Compiles the schemas of responses. Properties that a schema does not name are never sent. Each schema is compiled at
 * its first response, so that the start is fast.
 */
export function createSerializerCompiler(): (route: { readonly schema: unknown }) => Serialize {
  return ({ schema }) => {
    let serialize: Serialize | null = null
    return (body) => {
      serialize ??= fastJsonStringify(schema as AnySchema) as Serialize
      return serialize(body)
    }
  }
}
