import type { CreatedKeys } from '../../database/records/api-keys.ts'
import type { ApiKeyState, Revocation } from '../../domain/access/api-key.ts'
import type { ApiKeyFields } from '../../operations/access/check-api-key.ts'
import { createApiKey } from '../../operations/access/create-api-key.ts'
import { deactivateApiKey } from '../../operations/access/deactivate-api-key.ts'
import { deleteApiKey } from '../../operations/access/delete-api-key.ts'
import { getApiKey } from '../../operations/access/get-api-key.ts'
import { listApiKeys } from '../../operations/access/list-api-keys.ts'
import { rotateApiKey } from '../../operations/access/rotate-api-key.ts'
import { setApiKeyState } from '../../operations/access/set-api-key-state.ts'
import { updateApiKey } from '../../operations/access/update-api-key.ts'
import type { Context } from '../../operations/context.ts'
import { requireScope } from '../http/authenticated.ts'
import { URLS } from '../urls.ts'
import { toApiKeyBody } from './api-key-body.ts'
import { API_KEYS } from './contract/api-keys.ts'
import type { ContractPlugin } from './contract/contract-plugin.ts'
import { pageFields, toListInput } from './page-fields.ts'

const STATE_CHANGES = [
  ['activate', URLS.activateApiKey, API_KEYS.activateApiKey],
  ['pause', URLS.pauseApiKey, API_KEYS.pauseApiKey],
  ['unpause', URLS.unpauseApiKey, API_KEYS.unpauseApiKey],
] as const

/** An organization's keys. A secret is in the answer that makes it, and in no other. */
export function apiKeyRoutes(context: Context): ContractPlugin {
  const onRequest = requireScope(context, 'admin')

  return (app, _options, ready) => {
    app.post(URLS.apiKeys, { onRequest, schema: API_KEYS.createApiKey }, async (request, reply) => {
      const { body, params, apiKey: creator } = request
      const input = { ...toFields(body), name: body.key_name }
      const created = await createApiKey(context, params.organization_id, creator?.id ?? null, input)
      request.auditTarget = created.apiKey.id
      return reply.code(201).send({ ...toApiKeyBody(created.apiKey), key: created.secret })
    })

    app.get(URLS.apiKeys, { onRequest, schema: API_KEYS.listApiKeys }, async ({ params, query }) => {
      const { page_size, ...rest } = query
      const asked = { ...rest, limit: page_size }
      const result = await listApiKeys(context, params.organization_id, toListInput(asked))
      const keys = result.items.map(toApiKeyBody)
      const { limit, ...fields } = pageFields(asked, result, keys.at(-1)?.id)
      return { api_keys: keys, keys, ...fields, page_size: limit }
    })

    app.get(URLS.apiKey, { onRequest, schema: API_KEYS.getApiKey }, async ({ params }) =>
      toApiKeyBody(await getApiKey(context, params.organization_id, params.key_id)),
    )

    app.patch(URLS.apiKey, { onRequest, schema: API_KEYS.updateApiKey }, async ({ params, body }) =>
      toApiKeyBody(await updateApiKey(context, params.organization_id, params.key_id, toFields(body))),
    )

    app.delete(URLS.apiKey, { onRequest, schema: API_KEYS.deleteApiKey }, async ({ params, query }) => {
      const { organization_id, key_id } = params
      const { created } = await deleteApiKey(context, organization_id, key_id, toRevocation(query))
      return { ...done('deleted'), ...createdKeys(created) }
    })

    const { deactivateApiKey: deactivation } = API_KEYS
    app.post(URLS.deactivateApiKey, { onRequest, schema: deactivation }, async ({ params, query }) => {
      const { organization_id, key_id } = params
      const { key, created } = await deactivateApiKey(context, organization_id, key_id, toRevocation(query))
      return { ...done('deactivated'), ...toApiKeyBody(key), ...createdKeys(created) }
    })

    for (const [change, url, schema] of STATE_CHANGES) {
      app.post(url, { onRequest, schema }, async ({ params }) => {
        const key = await setApiKeyState(context, params.organization_id, params.key_id, change)
        return { ...done(key.state), ...toApiKeyBody(key) }
      })
    }

    app.post(URLS.rotateApiKey, { onRequest, schema: API_KEYS.rotateApiKey }, async ({ params }) => {
      const { apiKey, secret } = await rotateApiKey(context, params.organization_id, params.key_id)
      const newKey = { ...toApiKeyBody(apiKey), key: secret }
      return {
        success: true as const,
        message: 'The key has a new secret.',
        ...newKey,
        old_key_id: apiKey.id,
        new_key: newKey,
      }
    })
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
