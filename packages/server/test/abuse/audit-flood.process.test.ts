import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { type Client, createClient, textFile } from '../api/client.ts'
import { json } from '../api/exchange.ts'
import { eventually } from '../clients/eventually.ts'
import { runWaybill, startServer, type TestServer } from '../start-server.ts'

const FLOOD = 600
const AT_ONCE = 20
/** A slow machine exceeds it too: the flood may take three minutes. */
const LIMIT_PER_MINUTE = 150
const CODES = ['API_KEY_PAUSED', 'API_KEY_DEACTIVATED', 'API_KEY_EXPIRED']
/** Lifetime of a key that expires during the flood. */
const SOON_MS = 500

interface Row {
  readonly actor: string | null
  readonly organization_id: string | null
  readonly action: string
  readonly outcome: string
  readonly client_address: string | null
  readonly count: number
}

/** Runs `work` `count` times with limited concurrency. */
async function times(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  const indexes = Array.from({ length: count }, (_, index) => index)
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let index = indexes.pop(); index !== undefined; index = indexes.pop()) await work(index)
    }),
  )
}

/** Sends a request from a chosen loopback address. */
async function sendFrom(address: string, url: string, key: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { localAddress: address, headers: { 'x-api-key': key } }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0))
    })
    sent.once('error', reject).end()
  })
}

describe('a flood of refused requests', () => {
  let server: TestServer
  let admin: Client
  before(async () => {
    server = await startServer({ env: { RATE_LIMIT_PER_MINUTE: String(LIMIT_PER_MINUTE) } })
    admin = createClient(server)
  })
  after(() => server.stop())

  const newKey = async (scopes: readonly string[], expiresAt: string | null = null) => {
    const { id, key } = json<{ id: string; key: string }>(
      await admin.post('/api-keys', { key_name: 'Hostile', scopes, expires_at: expiresAt }),
    )
    return { id, key, client: createClient(server, { ...admin, apiKey: key }) }
  }
  const rows = async (): Promise<Row[]> =>
    JSON.parse(await runWaybill(server.dataDir, ['audit', '--json', '--limit', '100000']))

  it('leaves few rows per key and loses no count, even at a shutdown', async () => {
    const reader = await newKey(['files:read'])
    const writer = await newKey(['files:write'])
    const before = (await rows()).length
    await times(FLOOD, () => reader.client.post('/files/upload-url', { filename: 'a', file_size: 1 }))
    await times(FLOOD, (index) => {
      const id = `file_${createHash('md5').update(String(index)).digest('hex')}`
      return index % 2 === 0 ? writer.client.del(`/files/${id}`) : writer.client.post('/files', { no: index })
    })
    assert.equal(await server.kill('SIGTERM'), 0)
    const added = (await rows()).slice(before)
    for (const { id } of [reader, writer]) {
      const ofKey = added.filter(({ actor }) => actor === id)
      assert.equal(
        ofKey.reduce((sum, { count }) => sum + count, 0),
        FLOOD,
      )
      const codes = new Set(ofKey.map(({ outcome }) => outcome))
      assert.ok(codes.has('RATE_LIMIT_EXCEEDED') && codes.size >= 2)
      // One row per code and minute, and the flood may extend into the next minute.
      assert.ok(ofKey.length <= codes.size * 2, `${ofKey.length} rows`)
    }
    assert.equal(added.length, added.filter(({ actor }) => actor === reader.id || actor === writer.id).length)
    server = await server.restart()
    admin = createClient(server)
  })

  it('from unknown clients hides no use of a paused, deactivated or expired key', async () => {
    const keys = []
    for (const act of ['pause', 'deactivate'] as const) {
      const made = await newKey(['files:read'])
      await admin.post(`/api-keys/${made.id}/${act}`, undefined)
      keys.push(made)
    }
    keys.push(await newKey(['files:read'], new Date(Date.now() + SOON_MS).toISOString()))
    await times(FLOOD, (index) =>
      sendFrom(`127.0.1.${1 + (index % 200)}`, `${server.baseUrl}/files`, `oak_live_${index}`),
    )
    for (const { client } of keys) {
      await eventually('it is refused', async () => (await client.get('/files')).status === 401)
    }
    const all = await rows()
    for (const [index, { id }] of keys.entries()) {
      const [use, ...more] = all.filter(({ actor, action }) => actor === id && action === 'listFiles')
      assert.equal(more.length, 0)
      assert.equal(use?.outcome, CODES[index])
      assert.equal(use?.organization_id, server.organizationId)
      assert.equal(use?.client_address, '127.0.0.1')
    }
    assert.equal(await server.kill('SIGTERM'), 0)
    const strangers = (await rows()).filter(({ actor }) => actor === null)
    assert.equal(
      strangers.reduce((sum, { count }) => sum + count, 0),
      FLOOD,
    )
    assert.ok(strangers.length <= 2 * 62, `${strangers.length} rows`)
    assert.ok(strangers.some(({ client_address }) => client_address === 'several'))
    server = await server.restart()
    admin = createClient(server)
  })

  it('leaves each change in its own row, with the address of its client', async () => {
    const files = [await admin.uploadFile(textFile('1.txt')), await admin.uploadFile(textFile('2.txt'))]
    for (const { id } of files) await admin.del(`/files/${id}`)
    const deletions = (await rows()).filter(({ action }) => action === 'deleteFile').slice(-2)
    for (const { outcome, count, client_address } of deletions) {
      assert.deepEqual([outcome, count, client_address], ['ok', 1, '127.0.0.1'])
    }
    const text = await runWaybill(server.dataDir, ['audit'])
    assert.match(text, /deleteFile {2}file_\w+ {2}ok {2}127\.0\.0\.1 {2}×1$/m)
    assert.match(server.output(), /"api_key_id":"ak_\w+","client_address":"127\.0\.0\.1","msg":"request"/)
  })
})
