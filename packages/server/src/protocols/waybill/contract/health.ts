import type { JSONSchema } from 'json-schema-to-ts'
import { object } from './object.ts'
import type { OperationSchemas } from './operation-schemas.ts'

const Ok = { type: 'string', const: 'ok' } as const satisfies JSONSchema
const ReadOnly = {
  type: 'string',
  const: 'read_only',
  description: 'The disk is full: reads and deletes work, and what would add answers 507.',
} as const satisfies JSONSchema
const Alive = { anyOf: [Ok, ReadOnly] } as const satisfies JSONSchema

const DependencyFields = {
  kind: { type: 'string' },
  status: { anyOf: [Ok, { type: 'string', const: 'full' }, { type: 'string', const: 'down' }] },
  delay_ms: { type: 'number', description: 'How long the answer took.' },
} as const satisfies Readonly<Record<string, JSONSchema>>

const Details = object({
  status: { anyOf: [Ok, ReadOnly, { type: 'string', const: 'down' }] },
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
  checkHealth: { operationId: 'checkHealth', response: { 200: object({ status: Alive }) } },
  checkHealthDetails: { operationId: 'checkHealthDetails', response: { 200: Details, 503: Details } },
} as const satisfies OperationSchemas
