import type { CreatedKeys } from '../../database/records/api-keys.ts'
import type { ApiKeyState, Revocation } from '../../domain/access/api-key.ts'
import type { ApiKeyFields } from '../../operations/access/check-api-key.ts'
import { createApiKey } from '../../operations/access/create-api-key.ts'
import { deactivateApiKey } from '../../operations/access/deactivate-api-key.ts'
import { deleteApiKey } from '../../operations/access/delete-api-key.ts'
import { getApiKey } from '../../operations/access/get-api-key.ts'
import { listApiKeys } from '../../operations/access/list-api-keys.ts'
import { rotateApiKey } from '../../operations/access/rotate-api-key.ts'
import { activateApiKey, pauseApiKey, unpauseApiKey } from '../../operations/access/set-api-key-state.ts'
import { updateApiKey } from '../../operations/access/update-api-key.ts'
import type { Context } from '../../operations/context.ts'
import type { OperationFacts } from '../../operations/define-operation.ts'
import { callerOf, requireScope } from '../http/authenticated.ts'
import { URLS } from '../urls.ts'
import { toApiKeyBody } from './api-key-body.ts'
import { API_KEYS } from './contract/api-keys.ts'
import type { ContractPlugin } from './contract/contract-plugin.ts'
import { pageFields, toListInput } from './page-fields.ts'

const STATE_CHANGES = [
  [activateApiKey, URLS.activateApiKey, API_KEYS.activateApiKey],
  [pauseApiKey, URLS.pauseApiKey, API_KEYS.pauseApiKey],
  [unpauseApiKey, URLS.unpauseApiKey, API_KEYS.unpauseApiKey],
] as const

/** An organization's keys. A secret is in the answer that makes it, and in no other. */
export function apiKeyRoutes(context: Context): ContractPlugin {
  const admit = ({ scope }: OperationFacts) => requireScope(context, scope)

  return (app, _options, ready) => {
    app.post(
      URLS.apiKeys,
      { onRequest: admit(createApiKey), schema: API_KEYS.createApiKey },
      async (request, reply) => {
        const { body } = request
        const input = { ...toFields(body), name: body.key_name }
        const created = await createApiKey(context, callerOf(request), input)
        return reply.code(201).send({ ...toApiKeyBody(created.apiKey), key: created.secret })
      },
    )

    app.get(
      URLS.apiKeys,
      { onRequest: admit(listApiKeys), schema: API_KEYS.listApiKeys },
      async (request) => {
        const { page_size, ...rest } = request.query
        const asked = { ...rest, limit: page_size }
        const result = await listApiKeys(context, callerOf(request), toListInput(asked))
        const keys = result.items.map(toApiKeyBody)
        const { limit, ...fields } = pageFields(asked, result, keys.at(-1)?.id)
        return { api_keys: keys, keys, ...fields, page_size: limit }
      },
    )

    app.get(URLS.apiKey, { onRequest: admit(getApiKey), schema: API_KEYS.getApiKey }, async (request) =>
      toApiKeyBody(await getApiKey(context, callerOf(request), request.params.key_id)),
    )

    app.patch(
      URLS.apiKey,
      { onRequest: admit(updateApiKey), schema: API_KEYS.updateApiKey },
      async (request) => {
        const input = { keyId: request.params.key_id, fields: toFields(request.body) }
        return toApiKeyBody(await updateApiKey(context, callerOf(request), input))
      },
    )

    app.delete(
      URLS.apiKey,
      { onRequest: admit(deleteApiKey), schema: API_KEYS.deleteApiKey },
      async (request) => {
        const input = { keyId: request.params.key_id, revocation: toRevocation(request.query) }
        const { created } = await deleteApiKey(context, callerOf(request), input)
        return { ...done('deleted'), ...createdKeys(created) }
      },
    )

    const { deactivateApiKey: deactivation } = API_KEYS
    app.post(
      URLS.deactivateApiKey,
      { onRequest: admit(deactivateApiKey), schema: deactivation },
      async (request) => {
        const input = { keyId: request.params.key_id, revocation: toRevocation(request.query) }
        const { key, created } = await deactivateApiKey(context, callerOf(request), input)
        return { ...done('deactivated'), ...toApiKeyBody(key), ...createdKeys(created) }
      },
    )

    for (const [changeState, url, schema] of STATE_CHANGES) {
      app.post(url, { onRequest: admit(changeState), schema }, async (request) => {
        const key = await changeState(context, callerOf(request), request.params.key_id)
        return { ...done(key.state), ...toApiKeyBody(key) }
      })
    }

    app.post(
      URLS.rotateApiKey,
      { onRequest: admit(rotateApiKey), schema: API_KEYS.rotateApiKey },
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
    ready()
  }
}

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

/** The fields that the body has, by the names that operations know. */
function toFields({ key_name, scopes, expires_at }: KeyRequest): Partial<ApiKeyFields> {
  return {
    ...(key_name === undefined ? {} : { name: key_name }),
    ...(scopes === undefined || scopes === null ? {} : { scopes }),
    ...(expires_at === undefined ? {} : { expiresAt: expires_at }),
  }
}
