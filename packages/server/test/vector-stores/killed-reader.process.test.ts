import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { createClient } from '../api/client.ts'
import {
  createStore,
  dataOf,
  type SearchResults,
  type StoreFileObject,
  settled,
} from '../api/vector-store-bodies.ts'
import { eventually } from '../clients/eventually.ts'
import { startServer, type TestServer } from '../start-server.ts'

/** Returns the processes that a process has started; proc(5). */
async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`)
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  )
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number))
}

const withoutProc = process.platform === 'linux' ? false : 'the children of a process are read from /proc'

describe('a reader process that is killed from outside', { skip: withoutProc }, () => {
  let server: TestServer

  before(async () => {
    server = await startServer({ env: { INDEX_WAIT_MS: '0' } })
  })
  after(() => server?.stop())

  it('is started again, and the file is completed', async () => {
    const client = createClient(server)
    const page = { filename: 'a.html', mimeType: 'text/html' }
    const store = await createStore(client)
    // The first file starts processes that probe the system.
    const first = await client.uploadFile({ ...page, bytes: Buffer.from('<p>first</p>') })
    const probe = await client.post(`/vector-stores/${store.id}/files`, { file_id: first.id })
    await settled(client, dataOf<StoreFileObject>(probe, 201))
    const bytes = Buffer.from(
      `<html><body>${'<p>The ferry leaves at noon.</p>'.repeat(20_000)}</body></html>`,
    )
    const { id } = await client.uploadFile({ ...page, bytes })
    const added = await client.post(`/vector-stores/${store.id}/files`, { file_id: id })
    const file = dataOf<StoreFileObject>(added, 201)
    const [reader = 0] = await eventually('a reader runs', async () => {
      const children = await childrenOf(server.pid)
      return children.length > 0 && children
    })
    process.kill(reader, 'SIGKILL')
    const { processing_status, attempts, error_message } = await settled(client, file)
    assert.deepEqual([processing_status, error_message], ['completed', null])
    assert.equal(attempts, 2)
    const answer = await client.post(`/vector-stores/${store.id}/search`, { query: 'ferry' })
    assert.ok(dataOf<SearchResults>(answer).results.length > 0)
  })
})
