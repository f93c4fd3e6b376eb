import { type Static, Type } from 'typebox'
import { SCOPES } from '../../domain/api-key.ts'
import { Nullable, OrganizationParams, Time } from './shapes.ts'

const KeyParams = Type.Object({ organization_id: Type.String(), key_id: Type.String() })

const Scope = Type.Enum([...SCOPES])

const KeyName = Type.String({ minLength: 1, maxLength: 255 })
const Scopes = Type.Array(Scope, { minItems: 1, maxItems: SCOPES.length, uniqueItems: true })
/** ISO 8601 with its zone, in the future. */
const ExpiresAt = Nullable(Type.String())

const CreateRequest = Type.Object({
  key_name: KeyName,
  scopes: Type.Optional(Scopes),
  expires_at: Type.Optional(ExpiresAt),
})

const UpdateRequest = Type.Object(
  {
    key_name: Type.Optional(KeyName),
    scopes: Type.Optional(Scopes),
    expires_at: Type.Optional(ExpiresAt),
  },
  { minProperties: 1 },
)

const IdentityFields = {
  id: Type.String(),
  key_prefix: Type.String(),
  organization_id: Type.String(),
  key_name: Type.String(),
  is_active: Type.Boolean(),
  scopes: Type.Array(Scope),
  created_by: Nullable(Type.String()),
  created_at: Time,
  expires_at: Nullable(Time),
}
const ApiKeyBody = Type.Object({
  ...IdentityFields,
  is_paused: Type.Boolean(),
  last_used_at: Nullable(Time),
})
export type ApiKeyBody = Static<typeof ApiKeyBody>

/** The secret, shown in this answer and never again. */
const Secret = { key: Type.String() }

const ListQuery = Type.Object({
  page: Type.Integer({ minimum: 1, maximum: 1_000_000_000, default: 1 }),
  page_size: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
})

const ListBody = Type.Object({
  api_keys: Type.Array(ApiKeyBody),
  total: Type.Integer(),
  page: Type.Integer(),
  page_size: Type.Integer(),
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
    response: { 201: Type.Object({ ...IdentityFields, ...Secret }) },
  },
  listApiKeys: {
    operationId: 'listApiKeys',
    params: OrganizationParams,
    querystring: ListQuery,
    response: { 200: ListBody },
  },
  getApiKey: onOneKey('getApiKey'),
  updateApiKey: { ...onOneKey('updateApiKey'), body: UpdateRequest },
  deleteApiKey: { operationId: 'deleteApiKey', params: KeyParams, response: { 204: Type.Null() } },
  activateApiKey: onOneKey('activateApiKey'),
  deactivateApiKey: onOneKey('deactivateApiKey'),
  pauseApiKey: onOneKey('pauseApiKey'),
  unpauseApiKey: onOneKey('unpauseApiKey'),
  rotateApiKey: {
    operationId: 'rotateApiKey',
    params: KeyParams,
    response: { 200: Type.Object({ ...ApiKeyBody.properties, ...Secret }) },
  },
} as const
