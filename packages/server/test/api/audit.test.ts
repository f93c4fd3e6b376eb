import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { eventually } from '../clients/eventually.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, sendToApi, textFile } from './client.ts'
import { json } from './exchange.ts'

describe('the audit', () => {
  let server: TestApp
  let client: Client
  before(async () => {
    server = await startApp()
    client = createClient(server)
  })
  after(() => server.stop())

  const events = async () => (await server.context.database.audit.list(null, 1000)).toReversed()

  /** Waits for the record of the request with this id, which is written after the answer. */
  const recordOf = (traceId: string) =>
    eventually(`a record of ${traceId}`, async () => (await events()).find((one) => one.traceId === traceId))

  it('records actions of the operator', async () => {
    const [created] = await events()
    const { action, actor, organizationId, target, outcome } = created ?? {}
    const id = server.organizationId
    const expected = {
      action: 'createOrganization',
      actor: 'operator',
      organizationId: id,
      target: id,
      outcome: 'ok',
    }
    assert.deepEqual({ action, actor, organizationId, target, outcome }, expected)
  })

  it('records creations, changes and deletions with key and target', async () => {
    const file = await client.uploadFile(textFile())
    const answer = await client.del(`/files/${file.id}`, { headers: { 'x-request-id': 'audit-1' } })
    assert.equal(answer.status, 204)
    const { timeMs, ...deleted } = await recordOf('audit-1')
    assert.ok(Number.isSafeInteger(timeMs))
    assert.deepEqual(deleted, {
      organizationId: server.organizationId,
      actor: file.uploaded_by_api_key_id,
      action: 'deleteFile',
      target: file.id,
      outcome: 'ok',
      traceId: 'audit-1',
      clientAddress: '127.0.0.1',
      count: 1,
    })
    // A sweep may find the object of the deleted file before its bytes are removed.
    const ofKey = (await events()).filter(({ actor }) => actor === file.uploaded_by_api_key_id)
    const actions = ofKey.filter(({ target }) => target === file.id).map(({ action }) => action)
    assert.deepEqual(actions, ['createUploadUrl', 'registerFile', 'deleteFile'])
  })

  for (const [what, path, credentials, outcome] of [
    ['no key', '/files', {}, 'AUTHENTICATION_REQUIRED'],
    ['a wrong key', '/files', { 'x-api-key': 'oak_live_wrong' }, 'INVALID_API_KEY'],
    ['another organization', null, null, 'ORGANIZATION_ACCESS_DENIED'],
  ] as const) {
    it(`records that ${what} was refused`, async () => {
      const traceId = `audit-${outcome}`
      const organization = path === null ? 'org_other' : server.organizationId
      await sendToApi(server, 'GET', `/v1/organizations/${organization}${path ?? '/files'}`, {
        credentials: credentials ?? { 'x-api-key': server.apiKey },
        headers: { 'x-request-id': traceId },
      })
      const record = await recordOf(traceId)
      assert.equal(record.outcome, outcome)
      assert.equal(record.action, 'listFiles')
    })
  }

  it('records an action for a client that did not wait for the answer', async () => {
    const body = JSON.stringify({ key_name: 'Unseen' })
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    const head = [
      `POST /v1/organizations/${server.organizationId}/api-keys HTTP/1.1`,
      ...['Host: waybill', `X-API-Key: ${server.apiKey}`, 'X-Request-Id: audit-unseen'],
      ...['Content-Type: application/json', `Content-Length: ${body.length}`],
    ]
    socket.pause().write(`${head.join('\r\n')}\r\n\r\n${body}`)
    // The service may skip a request whose client has disconnected, so wait until it is done.
    await eventually('the key is there', async () => {
      const { api_keys } = json<{ api_keys: { key_name: string }[] }>(await client.get('/api-keys'))
      return api_keys.some(({ key_name }) => key_name === 'Unseen')
    })
    socket.destroy()
    const record = await recordOf('audit-unseen')
    assert.deepEqual([record.action, record.outcome], ['createApiKey', 'ok'])
  })

  it('records a cancellation with the session URI', async () => {
    const upload = await client.startUpload(textFile())
    const headers = { 'x-request-id': 'audit-cancel' }
    assert.equal((await fetch(upload.uploadUrl, { method: 'DELETE', headers })).status, 499)
    const record = await recordOf('audit-cancel')
    assert.deepEqual([record.action, record.target], ['cancelUploadSession', upload.fileId])
  })

  it('records no malformed id of a path', async () => {
    const path = `/files/${encodeURIComponent('\u001b[2J\n2026 operator deleteOrganization')}`
    await client.del(path, { headers: { 'x-request-id': 'audit-strange' } })
    assert.equal((await recordOf('audit-strange')).target, null)
  })

  it('records no reads and no secrets', async () => {
    await client.get('/files', { headers: { 'x-request-id': 'audit-read' } })
    await client.post('/api-keys', { key_name: 'Audited' }, { headers: { 'x-request-id': 'audit-key' } })
    await recordOf('audit-key')
    const all = JSON.stringify(await events())
    assert.doesNotMatch(all, /audit-read|oak_live_/)
  })
})
