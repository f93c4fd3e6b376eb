import { createRequire } from 'node:module'
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'

/** Parts of a schema that this file reads. */
interface ObjectSchema {
  readonly properties: Readonly<Record<string, { readonly type?: string }>>
}

/** Length at which values in error messages are cut. */
const MAX_ECHOED_CHARACTERS = 100

/**
 * Compiles the schemas of requests. Values of a body are not converted: `"5"` is not a number. Integers and booleans of
 * a query, which has only strings, are converted first. An invalid value is refused with VALIDATION_ERROR, the field and
 * the value. Each schema is compiled at its first request, and the library is loaded with the first one, so that the
 * start is fast.
 */
export function createValidatorCompiler(): FastifySchemaCompiler<ObjectSchema> {
  let ajv: Ajv | null = null

  return ({ schema, httpPart }) => {
    let validate: ValidateFunction | null = null
    return (input: unknown) => {
      ajv ??= createAjv()
      validate ??= ajv.compile(schema)
      const value = httpPart === 'querystring' ? withTypedValues(schema, input) : input
      if (validate(value)) return { value }
      const [error] = validate.errors ?? []
      return {
        error: error
          ? validationError(error)
          : new ServiceError('VALIDATION_ERROR', 'the request is not valid'),
      }
    }
  }
}

const load = createRequire(import.meta.url)

function createAjv(): Ajv {
  const library: typeof import('ajv') = load('ajv')
  return new library.Ajv({ useDefaults: true, verbose: true, strict: false })
}

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map([
  ['true', true],
  ['false', false],
])

/** Returns the query with decimal numbers and booleans converted as the schema requires. */
function withTypedValues({ properties }: ObjectSchema, query: unknown): unknown {
  const entries = Object.entries(query as Record<string, unknown>)
  const read = entries.map(([name, value]) => {
    const type = properties[name]?.type
    const isDecimal = typeof value === 'string' && /^-?\d{1,15}$/.test(value)
    if (type === 'integer' && isDecimal) return [name, Number(value)]
    return [name, type === 'boolean' ? (BOOLEANS.get(value) ?? value) : value]
  })
  return Object.fromEntries(read)
}

function validationError(error: ErrorObject): ServiceError {
  const missing = error.keyword === 'required' ? error.params.missingProperty : null
  const parent = error.instancePath.slice(1).replaceAll('/', '.')
  const path = [parent, missing ?? ''].filter((part) => part !== '').join('.')
  const value = missing === null ? shortened(error.data) : null
  const message = missing === null ? error.message : 'is required'
  const details = { field: path.split('.', 1)[0], value }
  return new ServiceError('VALIDATION_ERROR', `${path || 'the body'} ${message}`, details)
}

function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, MAX_ECHOED_CHARACTERS)
  return typeof value === 'object' && value !== null ? null : value
}
