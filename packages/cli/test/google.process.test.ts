import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { eventually } from '../../server/test/clients/eventually.ts'
import { type GoogleServer, PREFIX, startGoogleServer } from '../../server/test/gcs/google-server.ts'

const TWO_DAYS_MS = 2 * 24 * 60 * 60 * 1000

describe('the removal of what no record explains at Google', () => {
  let all: GoogleServer
  before(async () => {
    all = await startGoogleServer()
  })
  after(() => all?.stop())

  const addOrphan = (name: string) => {
    const createdAtMs = Date.now() - TWO_DAYS_MS
    const metadata = {
      ...{ name: PREFIX + name, contentType: 'text/plain', sizeBytes: 1, crc32c: 'AAAAAA==' },
      ...{ md5: null, sha256: null, generation: String(createdAtMs * 1000), createdAtMs },
    }
    all.google.bucket.add({ metadata, bytes: Buffer.alloc(1) })
    return () => all.google.bucket.get(PREFIX + name) !== null
  }

  it('deletes objects without a record only on request: a server reports them', async () => {
    const isThere = addOrphan('files/org_1/file_other/b.txt')
    // As if the last run had been long ago.
    const database = new DatabaseSync(join(all.server.dataDir, 'waybill.db'), { timeout: 5000 })
    database.exec("UPDATE job_runs SET due_at_ms = 0 WHERE name = 'sweep'")
    database.close()
    await all.server.kill('SIGTERM')
    const server = await all.server.restart()
    try {
      const line = await eventually('the sweep reports', () =>
        server
          .output()
          .split('\n')
          .find((one) => one.includes('file_other')),
      )
      const { outcome, reason } = JSON.parse(line)
      assert.equal(outcome, 'reported')
      assert.match(reason, /no record explains it/)
      assert.ok(isThere())
    } finally {
      await server.kill('SIGTERM')
    }
  })
})
