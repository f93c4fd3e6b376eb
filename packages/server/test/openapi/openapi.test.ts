import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { ENDPOINTS } from '../../src/protocols/endpoints.ts'
import { needsKey } from '../../src/protocols/http/endpoint.ts'
import { createClient } from '../api/client.ts'
import { eventually } from '../clients/eventually.ts'
import { type ScriptedModelServer, startScriptedModelServer } from '../models/scripted-model-server.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { openapiDocument } from './document.ts'

interface Content {
  readonly schema: object
  readonly example?: unknown
}
interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly security: readonly { readonly apiKey?: readonly string[] }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly examples: Readonly<Record<string, { readonly value: unknown }>> }
}

const KEPT = new URL('../../../../api/openapi.json', import.meta.url)
const document: Document = JSON.parse(await readFile(KEPT, 'utf8'))
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
)
const withKey = operations.filter(({ operation }) => operation.security.length > 0)

const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema({ ...document, $id: 'openapi' })

/** Body with a field of a wrong type for every operation. */
const BAD_BODY = {
  ...{ filename: 1, key_name: 1, name: 1, title: 1, file_id: 1, attributes: 1, query: 1, force: 1 },
  ...{ expires_in: 1, url: 1, role: 1, numbers: 1, parts: 1 },
}
const IDS = /\{(file|link|key|vector_store|thread|message|response|webhook|delivery|member)_id\}/g

/** Returns true for a delivery whose attempt is over: its host does not exist. */
const isEnded = ({ attempts }: { readonly attempts: readonly object[] }) => attempts.length > 0

const jsonOf = async <T>(answer: Response): Promise<T> => (await answer.json()) as T

/** Asserts that the value fits the schema. References are resolved in the document. */
function assertFits(schema: object, value: unknown, what: string): void {
  const resolved = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/'))
  const validate = ajv.compile(resolved)
  assert.ok(validate(value), `${what}: ${JSON.stringify(validate.errors)}`)
}

describe('api/openapi.json', () => {
  it('is what the service serves; "npm run openapi" writes it', async () => {
    assert.equal(await readFile(KEPT, 'utf8'), await openapiDocument())
  })

  it('names each operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    assert.deepEqual(ids.toSorted(), [...new Set(ids)].toSorted())
  })

  for (const { operation, method, path, tag, summary } of ENDPOINTS) {
    it(`has ${operation.action} as it is declared`, () => {
      const found = operations.find((one) => one.operation.operationId === operation.action)
      const { action, scope } = operation
      const roles = scope === null ? [] : [scope]
      assert.deepEqual(
        {
          method: found?.method,
          path: found?.path,
          tags: found?.operation.tags,
          summary: found?.operation.summary,
          security: found?.operation.security,
        },
        {
          method: [method].flat()[0],
          path: path.replaceAll(/:(\w+)/g, '{$1}'),
          tags: [tag],
          summary,
          security: !needsKey(operation) ? [] : [{ apiKey: roles }, { bearer: roles }],
        },
        action,
      )
    })
  }

  it('has no other operation than the endpoints', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    // Protocols that share a URL share its operations.
    const actions = new Set(ENDPOINTS.map(({ operation }) => operation.action))
    assert.deepEqual(ids.toSorted(), [...actions].toSorted())
  })

  it('requires a key for everything of an organization, except for downloads', () => {
    const keyless = ENDPOINTS.filter(
      ({ path, operation }) => path.includes(':organization_id') && !needsKey(operation),
    )
    assert.deepEqual(
      keyless.map(({ operation }) => operation.action),
      ['downloadFile'],
    )
  })

  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(
      structuredClone(document) as object as Record<string, unknown>,
    )
    assert.ok(valid, JSON.stringify(errors))
  })

  for (const { method, path, operation } of operations) {
    it(`gives ${operation.operationId} examples that fit`, () => {
      const bodies = [operation.requestBody, ...Object.values(operation.responses)]
      const contents = bodies.flatMap((body) => Object.values(body?.content ?? {}))
      for (const { schema, example } of contents) {
        if (example !== undefined) assertFits(schema, example, `${method} ${path}`)
      }
      assert.ok(contents.length > 0 || operation.responses[204] || operation.responses[308])
    })
  }

  it('has an example of every error that fits the envelope', () => {
    for (const [code, { value }] of Object.entries(document.components.examples)) {
      assertFits({ $ref: '#/components/schemas/Error' }, value, code)
    }
  })
})

describe('the service answers as documented', () => {
  let server: TestApp
  let models: ScriptedModelServer
  let ids: Readonly<Record<string, string>>
  const bodies: Readonly<Record<string, object>> = {
    createUploadUrl: { filename: 'a.txt', file_size: 5, mime_type: 'text/plain' },
    signUploadParts: { numbers: [1] },
    completeDirectUpload: { parts: [{ number: 1, etag: 'any' }] },
    createShareLink: { expires_in: 60 },
    createApiKey: { key_name: 'Walk' },
    addMember: { email: 'walk@example.com', role: 'member' },
    updateMember: { departments: ['Sales'] },
    createWebhook: { url: 'https://receiver.example/' },
    updateWebhook: { types: ['*'] },
    updateFile: { filename: 'walked.txt' },
    updateApiKey: { key_name: 'Walked' },
    createVectorStore: { name: 'Walk' },
    updateVectorStore: {},
    addStoreFile: { file_id: 'file_unknown' },
    updateStoreFile: { attributes: {} },
    retryStoreFile: { force: true },
    searchVectorStore: { query: 'hello' },
    createConversation: { title: 'Walk' },
    updateConversation: {},
    addConversationItems: { role: 'user', content: 'hello' },
    createResponse: { inputs: [{ role: 'user', content: 'hello' }] },
    searchVectorStores: { query: 'hello', vector_store_ids: ['vs_unknown'] },
  }
  /** Headers by the end of the path, for protocols that have parameters in them. */
  const protocolHeaders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    '/files/tus': { 'tus-resumable': '1.0.0', 'upload-length': '5' },
  }
  /** Scopes that an operation needs in addition to its own. */
  const moreScopes: Readonly<Record<string, readonly string[]>> = { addStoreFile: ['files:read'] }

  before(async () => {
    models = await startScriptedModelServer()
    const env = { MODEL_SERVER_URL: models.url, CHAT_MODEL: 'tiny', S3_LISTEN: '127.0.0.1:0' }
    server = await startApp({ env })
    const client = createClient(server)
    const webhook = await client.post('/webhooks', bodies.createWebhook)
    const webhookId = JSON.parse(webhook.bytes.toString()).id
    const file = await client.uploadFile({
      filename: 'a.txt',
      mimeType: 'text/plain',
      bytes: Buffer.from('hello'),
    })
    const member = await client.post('/members', { email: 'other@example.com', role: 'viewer' })
    const link = await client.post(`/files/${file.id}/links`, bodies.createShareLink)
    const opened = await client.post('/files/upload-url', bodies.createUploadUrl)
    const session = JSON.parse(opened.bytes.toString())
    const key = await send('POST', '/v1/organizations/{organization_id}/api-keys', { key_name: 'Other' })
    const store = await send('POST', '/v1/organizations/{organization_id}/vector-stores', { name: 'Other' })
    const { data } = await jsonOf<{ data: { id: string } }>(store)
    const added = await client.post(`/vector-stores/${data.id}/files`, { file_id: file.id })
    assert.equal(added.status, 201)
    const thread = await send('POST', '/v1/threads')
    const threadId = (await jsonOf<{ data: { id: string } }>(thread)).data.id
    const message = await send('POST', `/v1/threads/${threadId}/messages`, bodies.addConversationItems)
    const response = await send('POST', '/v1/model/response', bodies.createResponse)
    ids = {
      webhook_id: webhookId,
      member_id: JSON.parse(member.bytes.toString()).id,
      delivery_id: await eventually('an event has a delivery', async () => {
        const listed = await client.get(`/webhooks/${webhookId}/deliveries`)
        return JSON.parse(listed.bytes.toString()).deliveries.find(isEnded)?.id
      }),
      response_id: (await jsonOf<{ response_id: string }>(response)).response_id,
      thread_id: threadId,
      message_id: (await jsonOf<{ data: { id: string } }>(message)).data.id,
      file_id: file.id,
      link_id: JSON.parse(link.bytes.toString()).id,
      key_id: (await jsonOf<{ id: string }>(key)).id,
      upload_id: session.file_id,
      vector_store_id: data.id,
    }
  })
  after(async () => {
    await server.stop()
    await models.stop()
  })

  const fill = (path: string) =>
    path
      .replace('{organization_id}', server.organizationId)
      .replace('{file_id}', (path.includes('/uploads/') ? ids?.upload_id : ids?.file_id) ?? '')
      .replace('{link_id}', ids?.link_id ?? '')
      .replace('{webhook_id}', ids?.webhook_id ?? '')
      .replace('{member_id}', ids?.member_id ?? '')
      .replace('{delivery_id}', ids?.delivery_id ?? '')
      .replace('{key_id}', ids?.key_id ?? '')
      .replace('{vector_store_id}', ids?.vector_store_id ?? '')
      .replace('{thread_id}', ids?.thread_id ?? '')
      .replace('{message_id}', ids?.message_id ?? '')
      .replace('{response_id}', ids?.response_id ?? '')

  /** Body of a successful request: the ids of the walk take the place of unknown ones. */
  const goodBodyOf = (operationId: string) => {
    const text = JSON.stringify(bodies[operationId])
    const known = text
      ?.replace('file_unknown', ids.file_id ?? '')
      .replace('vs_unknown', ids.vector_store_id ?? '')
    return known?.replace('walk@example.com', 'good@example.com')
  }

  const send = (method: string, path: string, body?: object, key: string | null = server.apiKey) =>
    fetch(server.url + fill(path), {
      method,
      headers: {
        ...(key === null ? {} : { 'x-api-key': key }),
        ...protocolHeaders[/\/files\/\w+$/.exec(path)?.[0] ?? ''],
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })

  const assertDocumented = async (answer: Response, { operationId, responses }: Operation) => {
    const documented = responses[answer.status]
    assert.ok(documented, `${operationId} answers ${answer.status}, which is not documented`)
    const content = documented.content?.['application/json']
    const text = await answer.text()
    if (content) assertFits(content.schema, JSON.parse(text), operationId)
    assert.ok(answer.headers.get('x-request-id'))
  }

  for (const { path, method, operation } of withKey) {
    it(`${operation.operationId}: no key, a wrong key and another organization`, async () => {
      for (const [key, status] of [
        [null, 401],
        ['oak_live_wrong', 401],
      ] as const) {
        const answer = await send(method, path, bodies[operation.operationId], key)
        assert.equal(answer.status, status)
        await assertDocumented(answer, operation)
      }
      // A request on the caller itself names no organization.
      if (operation.operationId === 'getMe') return
      const elsewhere = path.includes('{organization_id}')
        ? path.replace('{organization_id}', 'org_other')
        : `${path}?organization_id=org_other`
      const foreign = await send(method, elsewhere)
      assert.equal(foreign.status, 403)
      await assertDocumented(foreign, operation)
    })
  }

  const scopes = new Map(ENDPOINTS.map(({ operation }) => [operation.action, operation.scope]))
  const withScope = withKey.flatMap((one) => {
    const scope = scopes.get(one.operation.operationId) ?? null
    return scope === null ? [] : [{ ...one, scope }]
  })
  for (const { path, method, operation, scope } of withScope) {
    it(`${operation.operationId}: a key with the scope ${scope}, and one with all others`, async () => {
      const others = ['files:read', 'files:write', 'vector_stores:read', 'vector_stores:write']
      const needed = [scope, ...(moreScopes[operation.operationId] ?? [])]
      for (const [scopes, isRefused] of [
        [needed, false],
        [others.filter((one) => one !== scope), true],
      ] as const) {
        const body = { key_name: 'Scoped', scopes }
        const made = await send('POST', '/v1/organizations/{organization_id}/api-keys', body)
        const { key } = await jsonOf<{ key: string }>(made)
        const unknownId = path.replace(IDS, '$1_unknown')
        const answer = await send(method, unknownId, bodies[operation.operationId], key)
        assert.equal(answer.status === 403, isRefused, `${scopes}: ${answer.status}`)
      }
    })
  }

  const jsonBodies = withKey.filter(({ operation }) => operation.requestBody?.content['application/json'])
  for (const { path, method, operation } of jsonBodies) {
    it(`${operation.operationId}: a body that does not fit`, async () => {
      const answer = await send(method, path, BAD_BODY)
      assert.equal(answer.status, 422)
      await assertDocumented(answer, operation)
    })
  }

  const unknown = withKey.filter(({ path }) => path.search(IDS) >= 0)
  for (const { path, method, operation } of unknown) {
    it(`${operation.operationId}: an unknown id`, async () => {
      const filled = path.replace(IDS, '$1_unknown')
      const answer = await send(method, filled, bodies[operation.operationId])
      assert.equal(answer.status, 404)
      await assertDocumented(answer, operation)
    })
  }

  // Deletions run last, when no other operation needs the deleted things; a file leaves its store before both go.
  const deletionRank = ({ method, path }: { readonly method: string; readonly path: string }) =>
    method === 'DELETE' ? 100 - path.split('/').length : 0
  const good = withKey.toSorted((a, b) => deletionRank(a) - deletionRank(b))
  for (const { path, method, operation } of good) {
    if (['registerFile', 'uploadFiles', 'streamEvents'].includes(operation.operationId)) continue
    // Direct uploads need another storage; test/s3-storage/ has them.
    if (['signUploadParts', 'completeDirectUpload'].includes(operation.operationId)) continue
    it(`${operation.operationId}: a successful request`, async () => {
      const body = goodBodyOf(operation.operationId)
      const answer = await send(method, path, body === undefined ? undefined : JSON.parse(body))
      assert.ok(answer.ok, `${answer.status}`)
      await assertDocumented(answer, operation)
    })
  }

  it('uploadFiles, downloadFile, downloadSharedFile and the session URI: successful requests', async () => {
    const find = (operationId: string) => {
      const found = operations.find(({ operation }) => operation.operationId === operationId)
      assert.ok(found)
      return found.operation
    }
    const form = new FormData()
    form.append('files', new Blob(['hello'], { type: 'text/plain' }), 'form.txt')
    const base = server.baseUrl
    const headers = { 'x-api-key': server.apiKey }
    const uploaded = await fetch(`${base}/files/upload`, { method: 'POST', headers, body: form })
    const { id } = await jsonOf<{ id: string }>(uploaded.clone())
    await assertDocumented(uploaded, find('uploadFiles'))

    const contentAnswer = await fetch(`${base}/files/${id}/content`, { headers })
    const content = await jsonOf<{ download_url: string }>(contentAnswer)
    await assertDocumented(await fetch(content.download_url), find('downloadFile'))
    await assertDocumented(await fetch(`${content.download_url}1`), find('downloadFile'))

    const shareAnswer = await fetch(`${base}/files/${id}/links`, { method: 'POST', headers })
    const { url } = await jsonOf<{ url: string }>(shareAnswer)
    await assertDocumented(await fetch(url), find('downloadSharedFile'))
    await assertDocumented(await fetch(`${url}1`), find('downloadSharedFile'))

    const opened = await send(
      'POST',
      '/v1/organizations/{organization_id}/files/upload-url',
      bodies.createUploadUrl,
    )
    const { upload_url, gcs_path } = await jsonOf<{ upload_url: string; gcs_path: string }>(opened)
    const sent = await fetch(upload_url, { method: 'PUT', body: 'hello' })
    await assertDocumented(sent, find('receiveUpload'))
    const register = { ...bodies.createUploadUrl, gcs_path }
    const registered = await send('POST', '/v1/organizations/{organization_id}/files', register)
    assert.equal(registered.status, 201)
    await assertDocumented(registered, find('registerFile'))
  })
})
