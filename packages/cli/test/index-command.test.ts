import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { type Client, createClient } from '../../server/test/api/client.ts'
import {
  createStore,
  dataOf,
  indexText,
  type SearchResults,
  type StoreFileObject,
  settled,
} from '../../server/test/api/vector-store-bodies.ts'
import { startApp, type TestApp } from '../../server/test/start-app.ts'
import { runInProcess } from './run-in-process.ts'

const PAGE_BYTES = 1024

describe('waybill index', () => {
  let server: TestApp
  let client: Client
  let storeId: string
  let file: StoreFileObject

  before(async () => {
    server = await startApp({ isOnDisk: true })
    client = createClient(server)
    ;({ id: storeId } = await createStore(client))
    file = await indexText(client, storeId, 'A whale dives deep.')
    await createStore(client, { name: 'Empty' })
  })
  after(() => server.stop())

  const index = (...args: string[]) => runInProcess(['index', ...args], { DATA_DIR: server.dataDir })
  const path = () => join(server.dataDir, 'indexes', storeId.slice(-2), `${storeId}.db`)
  const change = (sql: string) => {
    const sqlite = new DatabaseSync(path())
    sqlite.exec(sql)
    sqlite.close()
  }
  const search = async () => {
    const answer = await client.post(`/vector-stores/${storeId}/search`, { query: 'whale' })
    return dataOf<SearchResults>(answer).results.map(({ text }) => text)
  }

  it('checks all stores beside a running server, and finds nothing', async () => {
    const { code, stdout, stderr } = await index('check')
    assert.deepEqual([code, stdout], [0, 'Checked 2 indexes, 0 differences.\n'], stderr)
    const json = await index('check', '--json', '--store', storeId, '--organization', server.organizationId)
    assert.deepEqual(JSON.parse(json.stdout), { vector_stores: 1, differences: [] })
  })

  it('builds an index that is missing', async () => {
    await rm(path())
    assert.equal((await index('check', '--store', storeId)).code, 0)
    assert.deepEqual(await search(), ['A whale dives deep.'])
  })

  const DIFFERENCES = [
    ['a file is missing', 'DELETE FROM files', /has revision none in the index, and \S+ in the store/],
    ['a file has other attributes', `UPDATE files SET attributes = '{"a":1}'`, /has other attributes/],
    [
      'a file is not in the store',
      "INSERT INTO files (file_id, revision, attributes) VALUES ('file_other', 'r', '{}')",
      /file_other is in the index, and not in the store/,
    ],
  ] as const
  for (const [name, sql, message] of DIFFERENCES) {
    it(`says that ${name}, ends with 1, and is right again after a rebuild`, async () => {
      change(sql)
      const { code, stdout } = await index('check')
      assert.equal(code, 1)
      assert.match(stdout, new RegExp(`^${storeId} .*${message.source}`, 'm'))
      assert.match(stdout, /^Checked 2 indexes, 1 difference\.$/m)
      const { differences } = JSON.parse((await index('check', '--json')).stdout)
      assert.deepEqual(
        differences.map((one: Record<string, string>) => [one.organization_id, one.vector_store_id]),
        [[server.organizationId, storeId]],
      )
      assert.equal((await index('rebuild', '--store', storeId)).stdout, 'Rebuilt 1 index.\n')
      assert.equal((await index('check')).code, 0)
      assert.deepEqual(await search(), ['A whale dives deep.'])
    })
  }

  it('says that a file is damaged', async () => {
    change('PRAGMA wal_checkpoint(TRUNCATE)')
    const bytes = await readFile(path())
    const start = Math.floor(bytes.indexOf('A whale dives deep.') / PAGE_BYTES) * PAGE_BYTES
    await writeFile(path(), bytes.fill(0xa5, start, start + PAGE_BYTES))
    const { code, stdout } = await index('check', '--store', storeId)
    assert.equal(code, 1)
    assert.match(stdout, new RegExp(`^${storeId}  `))
    assert.equal((await index('rebuild')).stdout, 'Rebuilt 2 indexes.\n')
    assert.deepEqual(await search(), ['A whale dives deep.'])
  })

  it('has the files indexed again by the server', async () => {
    const chunk = async () => {
      const answer = await client.post(`/vector-stores/${storeId}/search`, { query: 'whale' })
      return dataOf<SearchResults>(answer).results[0]?.chunk_id
    }
    const earlier = await chunk()
    const { stdout } = await index('rebuild', '--from-files', '--store', storeId)
    assert.equal(stdout, 'Queued 1 file. A running server indexes them.\n')
    await settled(client, file)
    assert.notEqual(await chunk(), earlier)
  })

  for (const [args, message] of [
    [['check', '--store', 'vs_unknown'], /^waybill: There is no active vector store vs_unknown\.$/m],
    [['rebuild', '--organization', 'org_unknown'], /^waybill: there is no organization org_unknown$/m],
    [['check', 'vs_unknown'], /too many arguments/],
  ] as const) {
    it(`refuses index ${args.join(' ')}`, async () => {
      const { code, stderr } = await index(...args)
      assert.equal(code, 1)
      assert.match(stderr, message)
    })
  }
})
