import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { createClient, type Service, textFile } from '../api/client.ts'
import { assertError } from '../api/envelope.ts'
import { eventually } from '../clients/eventually.ts'
import { createTestDatabase, runOnce, type TestDatabase, withoutPostgres } from '../postgres/test-database.ts'
import { listeningUrl, spawnWaybill, startServer, type TestServer } from '../start-server.ts'
import { CLEAN, type ScriptedScanner, startScanner } from './scripted-scanner.ts'

/** Tests two processes of one installation with a scanner, one of which is killed during a scan. */
function describeProcesses(
  name: string,
  prepare: () => Promise<TestDatabase | null>,
  skip: string | false,
): void {
  describe(`a scan in two processes over ${name}`, { skip }, () => {
    let scanner: ScriptedScanner
    let database: TestDatabase | null
    let one: TestServer
    let other: Service & { end(): Promise<unknown> }
    before(async () => {
      scanner = await startScanner()
      database = await prepare()
      const env = { ...scanner.env, SCAN_WAIT_MS: '0', ...(database && { DATABASE_URL: database.url }) }
      one = await startServer({ env })
      const child = spawnWaybill(one.dataDir, ['serve'], env)
      const ended = once(child, 'exit')
      const { organizationId, apiKey, dataDir } = one
      const url = await listeningUrl(child)
      child.stdout.resume()
      const end = () => {
        child.kill('SIGKILL')
        return ended
      }
      other = { url, organizationId, apiKey, dataDir, end }
    })
    after(async () => {
      await other?.end()
      await one?.stop()
      await database?.remove()
      scanner?.close()
    })

    /** Ends the leases of all scans, as time does. */
    const endLeases = async () => {
      const sql = 'UPDATE scans SET until_ms = 0 WHERE verdict IS NULL'
      if (database !== null) return runOnce(database.url, sql)
      const sqlite = new DatabaseSync(join(one.dataDir, 'waybill.db'))
      sqlite.exec(sql)
      sqlite.close()
    }

    it('is one scan, which the other process begins again after a SIGKILL, and shows nothing before its verdict', async () => {
      const [here, there] = [createClient(one), createClient(other)]
      const { register } = await here.storeObject(textFile('hidden.txt'))
      const answer = scanner.hold()
      assertError(await here.register(register), 409, 'SCAN_PENDING')
      await eventually('the scanner has the file', () => scanner.offered.length === 1)
      assertError(await there.register(register), 409, 'SCAN_PENDING')
      assert.equal(scanner.offered.length, 1)

      await one.kill('SIGKILL')
      assertError(await there.register(register), 409, 'SCAN_PENDING')
      assert.equal(await there.countFiles(), 0)
      assert.equal(scanner.offered.length, 1)

      await endLeases()
      assertError(await there.register(register), 409, 'SCAN_PENDING')
      await eventually('the other process offers the file', () => scanner.offered.length === 2)
      assert.equal(await there.countFiles(), 0)
      answer(CLEAN)
      await eventually('the file passes', async () => (await there.register(register)).status === 201)
      assert.equal(await there.countFiles(), 1)
      assert.equal(scanner.offered.length, 2)
    })
  })
}

describeProcesses('SQLite', async () => null, false)
describeProcesses('PostgreSQL', createTestDatabase, withoutPostgres)
