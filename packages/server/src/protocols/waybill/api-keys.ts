import type { JSONSchema } from 'json-schema-to-ts'
import type { CreatedKeys } from '../../domain/access/api-key.ts'
import { type ApiKeyState, type Revocation, SCOPES } from '../../domain/access/api-key.ts'
import type { ApiKeyFields } from '../../operations/access/check-api-key.ts'
import { createApiKey } from '../../operations/access/create-api-key.ts'
import { createS3Credentials } from '../../operations/access/create-s3-credentials.ts'
import { deactivateApiKey } from '../../operations/access/deactivate-api-key.ts'
import { deleteApiKey } from '../../operations/access/delete-api-key.ts'
import { deleteS3Credentials } from '../../operations/access/delete-s3-credentials.ts'
import { getApiKey } from '../../operations/access/get-api-key.ts'
import { listApiKeys } from '../../operations/access/list-api-keys.ts'
import { rotateApiKey } from '../../operations/access/rotate-api-key.ts'
import { activateApiKey, pauseApiKey, unpauseApiKey } from '../../operations/access/set-api-key-state.ts'
import { updateApiKey } from '../../operations/access/update-api-key.ts'
import { callerOf } from '../http/authenticated.ts'
import { type EndpointFacts, endpoint } from '../http/endpoint.ts'
import { nullable, object } from '../http/json-schema.ts'
import { URLS } from '../urls.ts'
import { ApiKeyBody, Scope, toApiKeyBody } from './api-key-body.ts'
import {
  ListQuery as ListFilesQuery,
  OrganizationParams,
  PageFields,
  pageFields,
  toListInput,
} from './shapes.ts'

const KeyParams = object({
  ...OrganizationParams.properties,
  key_id: { type: 'string', description: 'The `id` of the key. It is not the secret.' },
})

const KeyName = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  description: 'A name for people, to tell keys apart.',
} as const satisfies JSONSchema
const ExpiresAt = nullable(
  { type: 'string' },
  'The time from which the key is refused: ISO 8601, in the future. A time without a zone is in UTC. Null: the key does ' +
    'not expire.',
)
const OptionalScopes = nullable(
  {
    type: 'array',
    items: Scope,
    minItems: 1,
    maxItems: SCOPES.length,
    uniqueItems: true,
  },
  'The permissions of the key. `admin` includes all others. By default, a new key has all scopes except `admin`. Null is ' +
    'the same as absent.',
)

const KeyWithSecret = object({
  ...ApiKeyBody.properties,
  key: { type: 'string', description: 'The secret. No other response contains it.' },
})

const Keys = { type: 'array', items: ApiKeyBody } as const satisfies JSONSchema

const Done = {
  success: { type: 'boolean', enum: [true] },
  message: { type: 'string', description: 'A message for people.' },
} as const satisfies Readonly<Record<string, JSONSchema>>

const CreatedKeysFields = {
  created_keys: {
    ...Keys,
    description:
      'The newest 100 keys that this key created. They remain valid: delete those that should not. The response to the ' +
      'deletion of one of them lists the keys that it created in turn.',
  },
  created_keys_total: { type: 'integer', description: 'The number of existing keys that this key created.' },
} as const satisfies Readonly<Record<string, JSONSchema>>

const revocationQuery = (byDefault: boolean) =>
  ({
    ...object({}),
    properties: {
      end_sessions: {
        type: 'boolean',
        default: byDefault,
        description:
          'True ends the unfinished upload sessions that the key created, and deletes their bytes.',
      },
      revoke_links: {
        type: 'boolean',
        default: byDefault,
        description: 'True revokes the download URLs and the share links that the key created.',
      },
    },
  }) as const satisfies JSONSchema

const create = endpoint(
  {
    operation: createApiKey,
    method: 'POST',
    path: URLS.apiKeys,
    tag: 'API keys',
    summary: 'Create a key; only this response contains its secret',
    params: OrganizationParams,
    body: object({ key_name: KeyName }, { scopes: OptionalScopes, expires_at: ExpiresAt }),
    responses: { 201: { description: 'The key with its secret.', body: KeyWithSecret } },
    errors: [],
  },
  ({ context }) =>
    async (request, reply) => {
      const { body } = request
      const input = { ...toFields(body), name: body.key_name }
      const created = await createApiKey(context, callerOf(request), input)
      return reply.code(201).send({ ...toApiKeyBody(created.apiKey), key: created.secret })
    },
)

const list = endpoint(
  {
    operation: listApiKeys,
    method: 'GET',
    path: URLS.apiKeys,
    tag: 'API keys',
    summary: 'List keys, newest first',
    params: OrganizationParams,
    query: object(
      { page: ListFilesQuery.properties.page, page_size: ListFilesQuery.properties.limit },
      { after: ListFilesQuery.properties.after },
    ),
    responses: {
      200: {
        description: 'A page of keys.',
        body: object({
          api_keys: Keys,
          keys: { ...Keys, description: 'The same as `api_keys`.' },
          total: PageFields.total,
          page: PageFields.page,
          page_size: PageFields.limit,
          has_more: PageFields.has_more,
          next_cursor: PageFields.next_cursor,
        }),
      },
    },
    errors: ['VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const { page_size, ...rest } = request.query
      const asked = { ...rest, limit: page_size }
      const result = await listApiKeys(context, callerOf(request), toListInput(asked))
      const keys = result.items.map(toApiKeyBody)
      const { limit, ...fields } = pageFields(asked, result, keys.at(-1)?.id)
      return { api_keys: keys, keys, ...fields, page_size: limit }
    },
)

const get = endpoint(
  {
    operation: getApiKey,
    method: 'GET',
    path: URLS.apiKey,
    tag: 'API keys',
    summary: 'Get a key',
    params: KeyParams,
    responses: { 200: { description: 'The key.', body: ApiKeyBody } },
    errors: ['API_KEY_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) =>
      toApiKeyBody(await getApiKey(context, callerOf(request), request.params.key_id)),
)

const update = endpoint(
  {
    operation: updateApiKey,
    method: 'PATCH',
    path: URLS.apiKey,
    tag: 'API keys',
    summary: 'Change the name, scopes or expiry of a key',
    description: 'Absent fields do not change.',
    params: KeyParams,
    body: {
      type: 'object',
      properties: { key_name: KeyName, scopes: OptionalScopes, expires_at: ExpiresAt },
      minProperties: 1,
    },
    responses: { 200: { description: 'The changed key.', body: ApiKeyBody } },
    errors: ['API_KEY_NOT_FOUND', 'LAST_ADMIN_KEY'],
  },
  ({ context }) =>
    async (request) => {
      const input = { keyId: request.params.key_id, fields: toFields(request.body) }
      return toApiKeyBody(await updateApiKey(context, callerOf(request), input))
    },
)

const remove = endpoint(
  {
    operation: deleteApiKey,
    method: 'DELETE',
    path: URLS.apiKey,
    tag: 'API keys',
    summary: 'Delete a key',
    description:
      'By default, this also ends the unfinished upload sessions of the key and revokes its download URLs and share links. ' +
      'Keys that it created remain valid, and the response lists them. The last usable admin key cannot be deleted, deactivated or ' +
      'paused.',
    params: KeyParams,
    query: revocationQuery(true),
    responses: {
      200: { description: 'The key is deleted.', body: object({ ...Done, ...CreatedKeysFields }) },
    },
    errors: ['API_KEY_NOT_FOUND', 'LAST_ADMIN_KEY'],
  },
  ({ context }) =>
    async (request) => {
      const input = { keyId: request.params.key_id, revocation: toRevocation(request.query) }
      const { created } = await deleteApiKey(context, callerOf(request), input)
      return { ...done('deleted'), ...createdKeys(created) }
    },
)

const deactivate = endpoint(
  {
    operation: deactivateApiKey,
    method: 'POST',
    path: URLS.deactivateApiKey,
    tag: 'API keys',
    summary: 'Deactivate a key',
    description:
      'Requests with the key are refused until it is activated again. By default, its upload sessions, download URLs ' +
      'and share links remain valid; `end_sessions` and `revoke_links` end the existing ones. The response lists the keys that it created.',
    params: KeyParams,
    query: revocationQuery(false),
    responses: {
      200: {
        description: 'The key is deactivated.',
        body: object({ ...Done, ...ApiKeyBody.properties, ...CreatedKeysFields }),
      },
    },
    errors: ['API_KEY_NOT_FOUND', 'LAST_ADMIN_KEY'],
    isAllowedOnFullDisk: true,
  },
  ({ context }) =>
    async (request) => {
      const input = { keyId: request.params.key_id, revocation: toRevocation(request.query) }
      const { key, created } = await deactivateApiKey(context, callerOf(request), input)
      return { ...done('deactivated'), ...toApiKeyBody(key), ...createdKeys(created) }
    },
)

type StateChange = Pick<
  EndpointFacts,
  'path' | 'summary' | 'description' | 'errors' | 'isAllowedOnFullDisk'
> & { readonly operation: typeof activateApiKey; readonly result: string }

const changeState = ({ operation, result, ...facts }: StateChange) =>
  endpoint(
    {
      ...facts,
      operation,
      method: 'POST',
      tag: 'API keys',
      params: KeyParams,
      responses: { 200: { description: result, body: object({ ...Done, ...ApiKeyBody.properties }) } },
    },
    ({ context }) =>
      async (request) => {
        const key = await operation(context, callerOf(request), request.params.key_id)
        return { ...done(key.state), ...toApiKeyBody(key) }
      },
  )

const activate = changeState({
  operation: activateApiKey,
  path: URLS.activateApiKey,
  summary: 'Activate a key',
  result: 'The key is active.',
  errors: ['API_KEY_NOT_FOUND'],
})

const pause = changeState({
  operation: pauseApiKey,
  path: URLS.pauseApiKey,
  summary: 'Pause a key',
  description: 'Requests with the key are refused until the pause ends. A deactivated key stays deactivated.',
  result: 'The key is paused, or deactivated as before.',
  errors: ['API_KEY_NOT_FOUND', 'LAST_ADMIN_KEY'],
  isAllowedOnFullDisk: true,
})

const unpause = changeState({
  operation: unpauseApiKey,
  path: URLS.unpauseApiKey,
  summary: 'End the pause of a key',
  result: 'The key is active, or deactivated as before.',
  errors: ['API_KEY_NOT_FOUND'],
})

const rotate = endpoint(
  {
    operation: rotateApiKey,
    method: 'POST',
    path: URLS.rotateApiKey,
    tag: 'API keys',
    summary: 'Replace the secret of a key; only this response contains the new one',
    description:
      'The old secret is refused from now on. The key keeps its id, name and scopes, and also its upload sessions and ' +
      'download URLs. If the old secret may be stolen, first deactivate the key with `end_sessions` and `revoke_links`.',
    params: KeyParams,
    responses: {
      200: {
        description: 'The key with its new secret.',
        body: object({
          ...Done,
          ...KeyWithSecret.properties,
          old_key_id: { type: 'string', description: 'The same as `id`, which does not change.' },
          new_key: KeyWithSecret,
        }),
      },
    },
    errors: ['API_KEY_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const { apiKey, secret } = await rotateApiKey(context, callerOf(request), request.params.key_id)
      const newKey = { ...toApiKeyBody(apiKey), key: secret }
      return {
        success: true as const,
        message: 'The key has a new secret.',
        ...newKey,
        old_key_id: apiKey.id,
        new_key: newKey,
      }
    },
)

const issueS3 = endpoint(
  {
    operation: createS3Credentials,
    method: 'POST',
    path: URLS.s3Credentials,
    tag: 'API keys',
    summary: 'Issue S3 credentials of a key; only this response contains their secret',
    description:
      'Clients of S3 sign requests with them. They permit what the key permits, and are refused while the key is paused, ' +
      'deactivated or expired. A key has one pair: issuing a new one ends the old one.',
    params: KeyParams,
    responses: {
      201: {
        description: 'The credentials.',
        body: object({
          access_key_id: { type: 'string', examples: ['WBQ4ZK7XN2VTC5MHRA3D'] },
          secret_access_key: {
            type: 'string',
            description: 'The secret. No other response contains it.',
          },
        }),
      },
    },
    errors: ['API_KEY_NOT_FOUND', 'INVALID_REQUEST'],
  },
  ({ context }) =>
    async (request, reply) => {
      const issued = await createS3Credentials(context, callerOf(request), request.params.key_id)
      return reply
        .code(201)
        .send({ access_key_id: issued.accessKeyId, secret_access_key: issued.secretAccessKey })
    },
)

const endS3 = endpoint(
  {
    operation: deleteS3Credentials,
    method: 'DELETE',
    path: URLS.s3Credentials,
    tag: 'API keys',
    summary: 'End the S3 credentials of a key',
    description: 'Requests that are signed with them are refused from now on, presigned URLs included.',
    params: KeyParams,
    responses: { 204: { description: 'The key has no S3 credentials.' } },
    errors: ['API_KEY_NOT_FOUND'],
  },
  ({ context }) =>
    async (request, reply) => {
      await deleteS3Credentials(context, callerOf(request), request.params.key_id)
      return reply.code(204).send()
    },
)

export const API_KEYS = [
  ...[create, list, get, update, remove, activate, deactivate, pause, unpause, rotate],
  ...[issueS3, endS3],
]

/** Returns the first fields of every response to a key change, with the new state of the key. */
function done(state: ApiKeyState | 'deleted') {
  return { success: true as const, message: `The key is ${state}.` }
}

function createdKeys({ keys, total }: CreatedKeys) {
  return { created_keys: keys.map(toApiKeyBody), created_keys_total: total }
}

interface RevocationQuery {
  readonly end_sessions: boolean
  readonly revoke_links: boolean
}

function toRevocation({ end_sessions, revoke_links }: RevocationQuery): Revocation {
  return { endsSessions: end_sessions, revokesLinks: revoke_links }
}

interface KeyRequest {
  readonly key_name?: string
  readonly scopes?: readonly string[] | null
  readonly expires_at?: string | null
}

/** Returns the fields of a request body with the names that operations use. */
function toFields({ key_name, scopes, expires_at }: KeyRequest): Partial<ApiKeyFields> {
  return {
    ...(key_name === undefined ? {} : { name: key_name }),
    ...(scopes === undefined || scopes === null ? {} : { scopes }),
    ...(expires_at === undefined ? {} : { expiresAt: expires_at }),
  }
}
