import type { JSONSchema } from 'json-schema-to-ts'
import { object } from './object.ts'
import type { OperationSchemas } from './operation-schemas.ts'

const Ok = { type: 'string', const: 'ok' } as const satisfies JSONSchema
const State = { anyOf: [Ok, { type: 'string', const: 'down' }] } as const satisfies JSONSchema

const DependencyFields = {
  kind: { type: 'string' },
  status: State,
  delay_ms: { type: 'number', description: 'How long the answer took.' },
} as const satisfies Readonly<Record<string, JSONSchema>>

const Details = object({
  status: State,
  dependencies: {
    type: 'object',
    patternProperties: {
      '^.*$': object(DependencyFields),
    },
  },
  components: {
    type: 'array',
    items: object({ name: { type: 'string' }, ...DependencyFields }),
    description: 'The same as `dependencies`, as a list.',
  },
})

/** The operations that say whether the service works. */
export const HEALTH = {
  checkHealth: { operationId: 'checkHealth', response: { 200: object({ status: Ok }) } },
  checkHealthDetails: { operationId: 'checkHealthDetails', response: { 200: Details, 503: Details } },
} as const satisfies OperationSchemas
