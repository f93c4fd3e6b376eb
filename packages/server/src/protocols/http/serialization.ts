import fastJsonStringify, { type AnySchema } from 'fast-json-stringify'

type Serialize = (body: unknown) => string

/**
 * Compiles the answers' schemas: what a schema does not name never leaves. Each is compiled when its first answer goes,
 * to keep the start short.
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
