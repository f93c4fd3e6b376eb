import { createRequire } from 'node:module'
import type { AnySchema } from 'fast-json-stringify'

type Serialize = (body: unknown) => string

const load = createRequire(import.meta.url)

function compile(schema: AnySchema): Serialize {
  const { default: fastJsonStringify }: typeof import('fast-json-stringify') = load('fast-json-stringify')
  return fastJsonStringify(schema) as Serialize
}

/**
 * Compiles the schemas of responses. Properties that a schema does not name are never sent. Each schema is compiled at
 * its first response, and the library is loaded with the first one, so that the start is fast.
 */
export function createSerializerCompiler(): (route: { readonly schema: unknown }) => Serialize {
  return ({ schema }) => {
    let serialize: Serialize | null = null
    return (body) => {
      serialize ??= compile(schema as AnySchema)
      return serialize(body)
    }
  }
}
