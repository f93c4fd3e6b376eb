import type { JSONSchema } from 'json-schema-to-ts'
import { SCOPES } from '../../../domain/access/api-key.ts'
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
} as const satisfies JSONSchema
const ExpiresAt = nullable(
  { type: 'string' },
  'From when on the key is refused: ISO 8601, in the future; without a zone it is UTC. Null: never.',
)
const OptionalScopes = nullable(
  Scopes,
  'What the key may do; null is as absent. `admin` stands for all of them; a new key has all but `admin` by default.',
)

const CreateRequest = object({ key_name: KeyName }, { scopes: OptionalScopes, expires_at: ExpiresAt })

const UpdateRequest = {
  type: 'object',
  properties: { key_name: KeyName, scopes: OptionalScopes, expires_at: ExpiresAt },
  minProperties: 1,
} as const satisfies JSONSchema

const ApiKeyBody = object({
  id: { type: 'string', examples: ['ak_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  key_prefix: { type: 'string', description: 'How the secret begins.' },
  organization_id: { type: 'string' },
  key_name: { type: 'string' },
  is_active: { type: 'boolean', description: 'False: the key is deactivated.' },
  scopes: { type: 'array', items: Scope, description: 'What the key may do.' },
  created_by: nullable({ type: 'string' }, 'The id of the key that made it; null where the operator did.'),
  created_at: Time,
  expires_at: nullable(Time, 'From when on it is refused; null: never.'),
  is_paused: { type: 'boolean' },
  last_used_at: nullable(Time, 'To the minute; null: never.'),
})
export type ApiKeyBody = TypeOf<typeof ApiKeyBody>

const Secret = {
  key: { type: 'string', description: 'The secret, in this answer and in no other.' },
} as const satisfies Readonly<Record<string, JSONSchema>>

const KeyWithSecret = object({ ...ApiKeyBody.properties, ...Secret })

const ListQuery = object(
  { page: ListFilesQuery.properties.page, page_size: ListFilesQuery.properties.limit },
  { after: ListFilesQuery.properties.after },
)

const Keys = { type: 'array', items: ApiKeyBody } as const satisfies JSONSchema

const ListBody = object({
  api_keys: Keys,
  keys: { ...Keys, description: 'The same as `api_keys`.' },
  total: PageFields.total,
  page: PageFields.page,
  page_size: PageFields.limit,
  has_more: PageFields.has_more,
  next_cursor: PageFields.next_cursor,
})

const Done = {
  success: { type: 'boolean', const: true },
  message: { type: 'string', description: 'For a person.' },
} as const satisfies Readonly<Record<string, JSONSchema>>

const Created = {
  created_keys: {
    ...Keys,
    description:
      'The newest 100 of the keys that this key created, which go on to work: delete those that should not. Keys that these ' +
      'created in turn are in the answer to deleting them.',
  },
  created_keys_total: { type: 'integer', description: 'How many keys this key created that are there.' },
} as const satisfies Readonly<Record<string, JSONSchema>>

const revocationQuery = (byDefault: boolean) =>
  ({
    ...object({}),
    properties: {
      end_sessions: {
        type: 'boolean',
        default: byDefault,
        description: 'Whether the unfinished upload sessions that the key opened end, with their bytes.',
      },
      revoke_links: {
        type: 'boolean',
        default: byDefault,
        description: 'Whether the download URLs that the key asked for are refused.',
      },
    },
  }) as const satisfies JSONSchema

const ChangedKey = object({ ...Done, ...ApiKeyBody.properties })

const changesState = <const Id extends string>(operationId: Id) => ({
  operationId,
  params: KeyParams,
  response: { 200: ChangedKey },
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
    response: { 201: KeyWithSecret },
  },
  listApiKeys: {
    operationId: 'listApiKeys',
    params: OrganizationParams,
    querystring: ListQuery,
    response: { 200: ListBody },
  },
  getApiKey: onOneKey('getApiKey'),
  updateApiKey: { ...onOneKey('updateApiKey'), body: UpdateRequest },
  deleteApiKey: {
    operationId: 'deleteApiKey',
    params: KeyParams,
    querystring: revocationQuery(true),
    response: { 200: object({ ...Done, ...Created }) },
  },
  activateApiKey: changesState('activateApiKey'),
  deactivateApiKey: {
    operationId: 'deactivateApiKey',
    params: KeyParams,
    querystring: revocationQuery(false),
    response: { 200: object({ ...Done, ...ApiKeyBody.properties, ...Created }) },
  },
  pauseApiKey: changesState('pauseApiKey'),
  unpauseApiKey: changesState('unpauseApiKey'),
  rotateApiKey: {
    operationId: 'rotateApiKey',
    params: KeyParams,
    response: {
      200: object({
        ...Done,
        ...KeyWithSecret.properties,
        old_key_id: { type: 'string', description: 'The same as `id`: a key keeps it.' },
        new_key: KeyWithSecret,
      }),
    },
  },
} as const satisfies OperationSchemas
