import type { JSONSchema } from 'json-schema-to-ts'
import { SCOPES } from '../../domain/api-key.ts'
import { object } from './object.ts'
import type { OperationSchemas } from './operation-schemas.ts'
import { nullable, OrganizationParams, Time } from './shapes.ts'
import type { TypeOf } from './type-of.ts'

const KeyParams = object({ organization_id: { type: 'string' }, key_id: { type: 'string' } })

const Scope = { enum: SCOPES } as const satisfies JSONSchema

const KeyName = { type: 'string', minLength: 1, maxLength: 255 } as const satisfies JSONSchema
const Scopes = {
  type: 'array',
  items: Scope,
  minItems: 1,
  maxItems: SCOPES.length,
  uniqueItems: true,
} as const satisfies JSONSchema
/** ISO 8601 with its zone, in the future. */
const ExpiresAt = nullable({ type: 'string' })

const CreateRequest = object({ key_name: KeyName }, { scopes: Scopes, expires_at: ExpiresAt })

const UpdateRequest = {
  type: 'object',
  properties: { key_name: KeyName, scopes: Scopes, expires_at: ExpiresAt },
  minProperties: 1,
} as const satisfies JSONSchema

const IdentityFields = {
  id: { type: 'string' },
  key_prefix: { type: 'string' },
  organization_id: { type: 'string' },
  key_name: { type: 'string' },
  is_active: { type: 'boolean' },
  scopes: { type: 'array', items: Scope },
  created_by: nullable({ type: 'string' }),
  created_at: Time,
  expires_at: nullable(Time),
} as const satisfies Readonly<Record<string, JSONSchema>>
const ApiKeyBody = object({
  ...IdentityFields,
  is_paused: { type: 'boolean' },
  last_used_at: nullable(Time),
})
export type ApiKeyBody = TypeOf<typeof ApiKeyBody>

/** The secret, shown in this answer and never again. */
const Secret = { key: { type: 'string' } } as const satisfies Readonly<Record<string, JSONSchema>>

const ListQuery = object({
  page: { type: 'integer', minimum: 1, maximum: 1_000_000_000, default: 1 },
  page_size: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
})

const ListBody = object({
  api_keys: { type: 'array', items: ApiKeyBody },
  total: { type: 'integer' },
  page: { type: 'integer' },
  page_size: { type: 'integer' },
})

const onOneKey = <const Id extends string>(operationId: Id) => ({
  operationId,
  params: KeyParams,
  response: { 200: ApiKeyBody },
})

/** The operations on an organization's API keys. */
export const API_KEYS = {
  createApiKey: {
    operationId: 'createApiKey',
    params: OrganizationParams,
    body: CreateRequest,
    response: { 201: object({ ...IdentityFields, ...Secret }) },
  },
  listApiKeys: {
    operationId: 'listApiKeys',
    params: OrganizationParams,
    querystring: ListQuery,
    response: { 200: ListBody },
  },
  getApiKey: onOneKey('getApiKey'),
  updateApiKey: { ...onOneKey('updateApiKey'), body: UpdateRequest },
  deleteApiKey: { operationId: 'deleteApiKey', params: KeyParams, response: { 204: { type: 'null' } } },
  activateApiKey: onOneKey('activateApiKey'),
  deactivateApiKey: onOneKey('deactivateApiKey'),
  pauseApiKey: onOneKey('pauseApiKey'),
  unpauseApiKey: onOneKey('unpauseApiKey'),
  rotateApiKey: {
    operationId: 'rotateApiKey',
    params: KeyParams,
    response: { 200: object({ ...ApiKeyBody.properties, ...Secret }) },
  },
} as const satisfies OperationSchemas
