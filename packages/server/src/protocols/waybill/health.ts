import type { JSONSchema } from 'json-schema-to-ts'
import { createHealthCheck } from '../../operations/health/create-health-check.ts'
import { createFullDiskCheck } from '../../operations/uploads/check-free-space.ts'
import { endpoint, PUBLIC } from '../http/endpoint.ts'
import { object, type TypeOf } from '../http/json-schema.ts'
import { URLS } from '../urls.ts'
import { healthBody } from './health-body.ts'

const Ok = { type: 'string', enum: ['ok'] } as const satisfies JSONSchema
const ReadOnly = {
  type: 'string',
  enum: ['read_only'],
  description: 'The disk is full. Reads and deletes work; requests that add data are refused with 507.',
} as const satisfies JSONSchema
const Full = { type: 'string', enum: ['full'] } as const satisfies JSONSchema
const Down = { type: 'string', enum: ['down'] } as const satisfies JSONSchema

const Health = object({ status: { anyOf: [Ok, ReadOnly] } })
const HEALTH_CONTENT = { 'application/json': { schema: Health, example: { status: 'ok' } } } as const

const check = endpoint(
  {
    operation: { action: 'checkHealth', scope: PUBLIC },
    method: 'GET',
    path: URLS.health,
    tag: 'Health',
    summary: 'Check that the service responds',
    responses: {
      // No `body`: the serializer is a library that this first answer of a server would wait for.
      200: { description: 'The service responds.', content: HEALTH_CONTENT },
    },
    errors: [],
  },
  ({ context }) => {
    const isFull = createFullDiskCheck(context)
    return async (): Promise<TypeOf<typeof Health>> => {
      const full = isFull()
      const isReadOnly = full !== false && (await full.catch(() => false))
      return { status: isReadOnly ? 'read_only' : 'ok' }
    }
  },
)

const DependencyFields = {
  kind: { type: 'string' },
  status: { anyOf: [Ok, Full, Down] },
  delay_ms: { type: 'number', description: 'The response time of the dependency in milliseconds.' },
} as const satisfies Readonly<Record<string, JSONSchema>>

const Details = object({
  status: { anyOf: [Ok, ReadOnly, Down] },
  dependencies: { type: 'object', additionalProperties: object(DependencyFields) },
  components: {
    type: 'array',
    items: object({ name: { type: 'string' }, ...DependencyFields }),
    description: 'The same as `dependencies`, as a list.',
  },
})

const checkDetails = endpoint(
  {
    operation: { action: 'checkHealthDetails', scope: PUBLIC },
    method: 'GET',
    path: URLS.healthDetails,
    tag: 'Health',
    summary: 'Check each dependency and measure its response time',
    responses: {
      200: { description: 'All dependencies are up.', body: Details },
      503: { description: 'A dependency is down.', body: Details },
    },
    errors: [],
  },
  ({ context }) => {
    const checkHealth = createHealthCheck(context)
    return async (_request, reply) => {
      const { status, body } = healthBody(await checkHealth())
      return reply.code(status as 200 | 503).send(body)
    }
  },
)

export const HEALTH = [check, checkDetails]
