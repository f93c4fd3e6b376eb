import { after, before, describe, it } from 'node:test'
import { createTestDatabase, type TestDatabase, withoutPostgres } from '../../postgres/test-database.ts'
import { startServer, type TestServer } from '../../start-server.ts'
import { ROWS } from './rows.ts'
import type { Upload } from './uploads.ts'

/** Tests the rows with a kill of the process between the requests. All uploads get their states before the same kill. */
function describeKill(name: string, prepare: () => Promise<TestDatabase | null>, skip: string | false): void {
  describe(`requests of several protocols around a kill of the process, over ${name}`, { skip }, () => {
    let database: TestDatabase | null
    let server: TestServer
    const uploads: Upload[] = []

    before(async () => {
      database = await prepare()
      const env = { RATE_LIMIT_PER_MINUTE: '0', ...(database && { DATABASE_URL: database.url }) }
      server = await startServer({ env })
      for (const { first } of ROWS) uploads.push(await first(server))
      await server.kill('SIGKILL')
      server = await server.restart()
    })

    after(async () => {
      await server?.stop()
      await database?.remove()
    })

    for (const [index, { name: row, next, afterKill = next }] of ROWS.entries()) {
      it(row, async () => afterKill(uploads[index] as Upload, server))
    }
  })
}

describeKill('SQLite', async () => null, false)
describeKill('PostgreSQL', createTestDatabase, withoutPostgres)
