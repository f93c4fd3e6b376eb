import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import {
  type OrganizationChanges,
  updateOrganization,
} from '../../src/operations/organizations/update-organization.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, textFile } from './client.ts'
import { assertError, ISO_UTC } from './envelope.ts'
import { json } from './exchange.ts'

interface Organization {
  readonly id: string
  readonly name: string
  readonly is_active: boolean
  readonly storage_limit_bytes: number | null
  readonly storage_used_bytes: number
  readonly storage_reserved_bytes: number
  readonly created_at: string
  readonly updated_at: string
}

describe('GET /v1/organizations/{organization_id}', () => {
  let server: TestApp
  let client: Client

  before(async () => {
    server = await startApp()
    client = createClient(server)
  })
  after(() => server.stop())

  async function get(by = client): Promise<Organization> {
    const answer = await by.get('')
    assert.equal(answer.status, 200, answer.bytes.toString())
    return json<Organization>(answer)
  }
  const update = (changes: OrganizationChanges) =>
    updateOrganization(server.context, operatorCaller(client.organizationId), changes)
  const usage = async () => {
    const { storage_used_bytes, storage_reserved_bytes } = await get()
    return { used: storage_used_bytes, reserved: storage_reserved_bytes }
  }

  it('shows all documented fields', async () => {
    const { created_at, updated_at, ...rest } = await get()
    assert.match(created_at, ISO_UTC)
    assert.match(updated_at, ISO_UTC)
    assert.deepEqual(rest, {
      id: client.organizationId,
      name: 'Test',
      type: 'Work',
      is_active: true,
      storage_limit_bytes: null,
      storage_free_bytes_allowance: null,
      storage_used_bytes: 0,
      storage_reserved_bytes: 0,
      api_usage_limit: null,
      total_usage_limit: null,
    })
  })

  it('shows the used and the reserved bytes', async () => {
    const file = textFile()
    const sizeBytes = file.bytes.byteLength
    const before = await usage()
    const upload = await client.startUpload(file)
    assert.deepEqual(await usage(), { ...before, reserved: before.reserved + sizeBytes })
    await client.del(`/files/uploads/${upload.fileId}`)
    assert.deepEqual(await usage(), before)
    const { id } = await client.uploadFile(file)
    assert.deepEqual(await usage(), { ...before, used: before.used + sizeBytes })
    await client.del(`/files/${id}`)
    assert.deepEqual(await usage(), before)
  })

  for (const scope of ['files:read', 'files:write', 'vector_stores:read', 'vector_stores:write', 'admin']) {
    it(`is allowed with any scope: ${scope}`, async () => {
      const made = await client.post('/api-keys', { key_name: scope, scopes: [scope] })
      const { key } = json<{ key: string }>(made)
      await get(createClient(server, { organizationId: client.organizationId, apiKey: key }))
    })
  }

  it('is refused for the key of another organization, also for an unknown organization', async () => {
    const other = createClient(server, await server.addOrganization('org_other'))
    const credentials = { 'x-api-key': other.apiKey }
    assertError(await client.get('', { credentials }), 403, 'ORGANIZATION_ACCESS_DENIED')
    const absent = createClient(server, { organizationId: 'org_absent', apiKey: client.apiKey })
    assertError(await absent.get(''), 403, 'ORGANIZATION_ACCESS_DENIED')
    assertError(await client.get('', { credentials: {} }), 401, 'AUTHENTICATION_REQUIRED')
  })

  it('supports no other method', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await client.send(method, '', { body: { storage_limit_bytes: null } })
      assertError(answer, 405, 'METHOD_NOT_ALLOWED')
    }
  })

  it('enforces a limit of the operator to the byte', async () => {
    await update({ storageLimitBytes: 1000 })
    assert.equal((await get()).storage_limit_bytes, 1000)
    const ask = async (file_size: number) =>
      client.post('/files/upload-url', { filename: 'a.bin', file_size, mime_type: 'text/plain' })
    assertError(await ask(1001), 403, 'STORAGE_QUOTA_EXCEEDED')
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(300)))
    assert.equal(answers.filter(({ status }) => status === 200).length, 3)
    assert.deepEqual(await usage(), { used: 0, reserved: 900 })
    assert.equal((await ask(100)).status, 200)
    assertError(await ask(1), 403, 'STORAGE_QUOTA_EXCEEDED')
    await update({ storageLimitBytes: null, name: 'Umbenannt' })
    assert.equal((await ask(1001)).status, 200)
    assert.equal((await get()).name, 'Umbenannt')
  })
})
