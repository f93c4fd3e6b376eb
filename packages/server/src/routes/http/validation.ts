import { Ajv, type ErrorObject } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'

/** Long values are not sent back whole. */
const MAX_ECHOED_CHARACTERS = 100

/**
 * Compiles the routes' schemas. A body is taken as it is, so that `"5"` is no number; a query, which has only
 * strings, is converted. What does not fit becomes VALIDATION_ERROR with the field and its value.
 */
export function createValidatorCompiler(): FastifySchemaCompiler<object> {
  const strict = new Ajv({ useDefaults: true, verbose: true, strict: false })
  const converting = new Ajv({ useDefaults: true, verbose: true, strict: false, coerceTypes: true })

  return ({ schema, httpPart }) => {
    const validate = (httpPart === 'body' ? strict : converting).compile(schema)
    return (value: unknown) => {
      if (validate(value)) return { value }
      const [error] = validate.errors ?? []
      return { error: error ? validationError(error) : new ServiceError('VALIDATION_ERROR', 'not valid') }
    }
  }
}

function validationError(error: ErrorObject): ServiceError {
  const missing = error.keyword === 'required' ? error.params.missingProperty : null
  const field = missing ?? error.instancePath.slice(1).replaceAll('/', '.')
  const value = missing === null ? shortened(error.data) : null
  const message = missing === null ? error.message : 'is required'
  return new ServiceError('VALIDATION_ERROR', `${field || 'the body'} ${message}`, { field, value })
}

function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, MAX_ECHOED_CHARACTERS)
  return typeof value === 'object' && value !== null ? null : value
}
