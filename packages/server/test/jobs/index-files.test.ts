import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { createClient, textFile } from '../api/client.ts'
import { eventually } from '../clients/eventually.ts'
import { startApp, type TestApp } from '../start-app.ts'

describe('the job that indexes files for searches', () => {
  let server: TestApp
  let records: DatabaseSync
  before(async () => {
    server = await startApp({ isOnDisk: true })
    records = new DatabaseSync(join(server.dataDir, 'waybill.db'), { readOnly: true })
  })
  after(async () => {
    records.close()
    await server.stop()
  })

  const count = (sql: string) => Number(records.prepare(sql).get()?.count)
  const indexed = () => count('SELECT count(*) AS count FROM files WHERE search_number IS NOT NULL')

  it('adds new files and renamed ones, and a delete removes their terms', async () => {
    const client = createClient(server)
    const { id } = await client.uploadFile(textFile('first.txt'))
    await client.uploadFile(textFile('second.txt'))
    await eventually('both files are indexed', () => indexed() === 2)
    await client.send('PATCH', `/files/${id}`, { body: { filename: 'third.txt' } })
    await eventually('both files are indexed', () => indexed() === 2)
    await client.del(`/files/${id}`)
    assert.equal(count('SELECT count(*) AS count FROM file_terms_docsize'), 1)
  })
})
