import type { JSONSchema } from 'json-schema-to-ts'
import { SCOPES } from '../../domain/api-key.ts'
import { object } from './object.ts'
import type { OperationSchemas } from './operation-schemas.ts'
import { ListQuery as ListFilesQuery, nullable, OrganizationParams, PageFields, Time } from './shapes.ts'
import type { TypeOf } from './type-of.ts'

const KeyParams = object({
  ...OrganizationParams.properties,
  key_id: { type: 'string', description: 'The `id` of the key, which is not its secret.' },
})

const Scope = { enum: SCOPES } as const satisfies JSONSchema

const KeyName = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  description: 'For people, to tell keys apart.',
} as const satisfies JSONSchema
const Scopes = {
  type: 'array',
  items: Scope,
  minItems: 1,
  maxItems: SCOPES.length,
  uniqueItems: true,
  description:
    'What the key may do; all but `admin` where nothing else is said. `admin` stands for all of them.',
} as const satisfies JSONSchema
const ExpiresAt = nullable(
  { type: 'string' },
  'From when on the key is refused: ISO 8601 with its zone, in the future. Null: never.',
)

const CreateRequest = object({ key_name: KeyName }, { scopes: Scopes, expires_at: ExpiresAt })

const UpdateRequest = {
  type: 'object',
  properties: { key_name: KeyName, scopes: Scopes, expires_at: ExpiresAt },
  minProperties: 1,
} as const satisfies JSONSchema

const IdentityFields = {
  id: { type: 'string', examples: ['ak_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  key_prefix: { type: 'string', description: 'How the secret begins.' },
  organization_id: { type: 'string' },
  key_name: { type: 'string' },
  is_active: { type: 'boolean', description: 'False: the key is deactivated.' },
  scopes: { type: 'array', items: Scope, description: 'What the key may do.' },
  created_by: nullable({ type: 'string' }, 'The id of the key that made it; null where the operator did.'),
  created_at: Time,
  expires_at: nullable(Time, 'From when on it is refused; null: never.'),
} as const satisfies Readonly<Record<string, JSONSchema>>
const ApiKeyBody = object({
  ...IdentityFields,
  is_paused: { type: 'boolean' },
  last_used_at: nullable(Time, 'To the minute; null: never.'),
})
export type ApiKeyBody = TypeOf<typeof ApiKeyBody>

const Secret = {
  key: { type: 'string', description: 'The secret, in this answer and in no other.' },
} as const satisfies Readonly<Record<string, JSONSchema>>

const ListQuery = object(
  { page: ListFilesQuery.properties.page, page_size: ListFilesQuery.properties.limit },
  { after: ListFilesQuery.properties.after },
)

const ListBody = object({
  api_keys: { type: 'array', items: ApiKeyBody },
  total: PageFields.total,
  page: PageFields.page,
  page_size: PageFields.limit,
  has_more: PageFields.has_more,
  next_cursor: PageFields.next_cursor,
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
