import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { eventually } from '../clients/eventually.ts'
import { runWaybill, startServer, type TestServer } from '../start-server.ts'
import { type Client, createClient, type FileObject, putObject, textFile } from './client.ts'
import { assertError } from './envelope.ts'
import { exchange, json } from './exchange.ts'
import * as sample from './sample-files.ts'

const CHUNK = 262_144
const BYTES = sample.patternedBytes(2 * CHUNK + 17)
const BIG = { filename: 'big.bin', mimeType: 'application/octet-stream', bytes: BYTES }
const CANCELLED = 499

interface AuditEvent {
  readonly time: string
  readonly organization_id: string | null
  readonly actor: string | null
  readonly action: string
  readonly target: string | null
  readonly trace_id: string
}

/** Runs the program on its disk. The other suites run the service in their own process, in memory. */
describe('a separate process, and the operator beside it', () => {
  let server: TestServer
  let client: Client
  before(async () => {
    server = await startServer()
    client = createClient(server)
  })
  after(() => server.stop())

  const operator = (...args: string[]) => runWaybill(server.dataDir, args)
  const events = async (): Promise<AuditEvent[]> => JSON.parse(await operator('audit', '--json'))
  const fetchUrl = (text: string) => {
    const { origin, pathname, search } = new URL(text)
    return exchange(origin, 'GET', pathname + search)
  }
  const offsetOf = (uploadUrl: string) =>
    putObject(uploadUrl, Buffer.alloc(0), { 'content-range': 'bytes */*' })

  it('receives a file in chunks, serves it, also after a restart, and deletes it', async () => {
    const upload = await client.startUpload(BIG)
    const first = { 'content-range': `bytes 0-${CHUNK - 1}/${BYTES.length}` }
    assert.equal((await putObject(upload.uploadUrl, BYTES.subarray(0, CHUNK), first)).status, 308)
    const last = { 'content-range': `bytes ${CHUNK}-${BYTES.length - 1}/${BYTES.length}` }
    assert.equal((await putObject(upload.uploadUrl, BYTES.subarray(CHUNK), last)).status, 200)
    const file = json<FileObject>(await client.register(upload.register))
    const { files } = json<{ files: FileObject[] }>(await client.get('/files'))
    assert.deepEqual(files, [file])
    const { download_url } = await client.content(file.id)
    assert.deepEqual((await fetchUrl(download_url)).bytes, BYTES)

    assert.equal(await server.kill('SIGTERM'), 0)
    server = await server.restart()
    client = createClient(server)
    assert.deepEqual((await fetchUrl(download_url)).bytes, BYTES)
    assert.equal((await client.del(`/files/${file.id}`)).status, 204)
    assertError(await fetchUrl(download_url), 404, 'FILE_NOT_FOUND')
  })

  it('enforces a limit of the operator to the byte', async () => {
    const ask = (file_size: number) =>
      client.post('/files/upload-url', { filename: 'a.bin', file_size, mime_type: 'text/plain' })
    await operator('organizations', 'update', client.organizationId, '--storage-limit', '1kB')
    assertError(await ask(1001), 403, 'STORAGE_QUOTA_EXCEEDED')
    assert.equal((await ask(1000)).status, 200)
    await operator('organizations', 'update', client.organizationId, '--storage-limit', 'none')
    assert.equal((await ask(1001)).status, 200)
  })

  it('refuses an organization that the operator suspends, until it is resumed', async () => {
    const suspended = createClient(server, await server.addOrganization('org_suspended'))
    const { id } = await suspended.uploadFile(textFile())
    const { download_url } = await suspended.content(id)
    const { uploadUrl } = await suspended.startUpload(textFile('open.txt'))
    const ask = async () => [
      (await suspended.get('/files')).status,
      (await fetchUrl(download_url)).status,
      (await offsetOf(uploadUrl)).status,
    ]
    await operator('organizations', 'suspend', 'org_suspended')
    assert.deepEqual(await ask(), [403, 403, 403])
    assert.equal((await client.get('/files')).status, 200)
    await operator('organizations', 'resume', 'org_suspended')
    assert.deepEqual(await ask(), [200, 200, 308])
  })

  it('ends the sessions and links of a key that the operator revokes', async () => {
    const { id, key } = json<{ id: string; key: string }>(
      await client.post('/api-keys', { key_name: 'Made' }),
    )
    const made = createClient(server, { organizationId: client.organizationId, apiKey: key })
    const { download_url } = await made.content((await made.uploadFile(textFile())).id)
    const { uploadUrl } = await made.startUpload(textFile('open.txt'))
    const organization = ['--organization', client.organizationId]
    await operator('keys', 'revoke', id, ...organization, '--end-sessions', '--revoke-links')
    assertError(await fetchUrl(download_url), 401, 'TOKEN_INVALID')
    assert.equal((await offsetOf(uploadUrl)).status, CANCELLED)
  })

  it('shows the operator the audit, without control characters of the terminal', async () => {
    const path = `/files/${encodeURIComponent('\u001b[2J\n2026 operator deleteOrganization')}`
    await client.del(path, { headers: { 'x-request-id': 'audit-strange' } })
    const recorded = await eventually('the request is recorded', async () => {
      const all = await events()
      return all.some(({ trace_id }) => trace_id === 'audit-strange') && all
    })
    for (const { time } of recorded) assert.match(time, /^\d{4}-\d\d-\d\dT.*Z$/)
    const [created] = recorded
    const { action, actor, organization_id, target } = created ?? {}
    const id = client.organizationId
    assert.deepEqual([action, actor, organization_id, target], ['createOrganization', 'operator', id, id])
    assert.ok(recorded.some((event) => event.action === 'suspendOrganization'))
    const text = await operator('audit')
    assert.ok(!text.includes('\u001b') && !text.includes('operator deleteOrganization'))
  })
})
