import type { JSONSchema } from 'json-schema-to-ts'
import { object } from './object.ts'
import type { OperationSchemas } from './operation-schemas.ts'

const Ok = { type: 'string', const: 'ok' } as const satisfies JSONSchema
const State = { anyOf: [Ok, { type: 'string', const: 'down' }] } as const satisfies JSONSchema

const Details = object({
  status: State,
  dependencies: {
    type: 'object',
    patternProperties: {
      '^.*$': object({
        kind: { type: 'string' },
        status: State,
        delay_ms: { type: 'number', description: 'How long the answer took.' },
      }),
    },
  },
})

/** The operations that say whether the service works. */
export const HEALTH = {
  checkHealth: { operationId: 'checkHealth', response: { 200: object({ status: Ok }) } },
  checkHealthDetails: { operationId: 'checkHealthDetails', response: { 200: Details, 503: Details } },
} as const satisfies OperationSchemas
