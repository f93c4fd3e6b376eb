import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createClient } from '../api/client.ts'
import { memoryFolder } from '../memory-folder.ts'
import { databaseOf } from '../postgres/database-of.ts'
import { runOnce, withoutPostgres } from '../postgres/test-database.ts'
import { startApp } from '../start-app.ts'
import { type Acknowledged, startLedger } from './delivery-ledger.ts'
import { FAULT_POINTS, type Printed } from './fault-points.ts'

const PROGRAM = fileURLToPath(new URL('killed-service.ts', import.meta.url))
/** The long mode meets all points on both databases, each of which takes some seconds. */
const IS_LONG = process.env.EVENT_KILLS !== undefined
const SHORT = ['before finish 1']
const points = FAULT_POINTS.filter(({ name }) => IS_LONG || SHORT.includes(name))

function describeKills(database: 'sqlite' | 'postgres', skip: string | false): void {
  describe(`a process that ends between a change and its delivery, on ${database}`, { skip }, () => {
    let folder: string
    let repeats = 0
    const outer = process.env.TEST_DATABASE
    before(async () => {
      process.env.TEST_DATABASE = database
      folder = await mkdtemp(join(await memoryFolder(), 'waybill-events-'))
    })
    after(async () => {
      if (outer === undefined) delete process.env.TEST_DATABASE
      else process.env.TEST_DATABASE = outer
      await rm(folder, { recursive: true, force: true })
      if (IS_LONG) console.log(`events on ${database}: ${points.length} points, 0 losses, ${repeats} repeats`)
    })

    for (const { name } of points) {
      it(`loses no event and invents none: ${name}`, async (test) => {
        const dataDir = join(folder, name.replaceAll(' ', '-'))
        const ledger = await startLedger()
        test.after(() => ledger.close())
        test.after(() => databaseOf(dataDir).remove())
        const [facts, ...changes] = await runUntilKilled(name, dataDir, ledger.url)
        assert.ok(facts !== undefined && 'apiKey' in facts)
        await endLeases(dataDir)
        const app = await startApp({ dataDir, env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
        try {
          await ledger.verify(
            createClient({ url: app.url, dataDir, ...facts }),
            changes.flatMap(toAcknowledged),
          )
        } finally {
          await app.stop()
        }
        repeats += ledger.repeats()
      })
    }
  })
}

function toAcknowledged(printed: Printed): Acknowledged[] {
  if ('created' in printed) return [{ type: 'file.created', fileId: printed.created }]
  return 'deleted' in printed ? [{ type: 'file.deleted', fileId: printed.deleted }] : []
}

async function runUntilKilled(name: string, dataDir: string, url: string): Promise<Printed[]> {
  const child = spawn(process.execPath, [PROGRAM, name, dataDir, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output, [, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  assert.equal(signal, 'SIGKILL', output)
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** Lets the leases of the killed process end, which takes a minute otherwise. */
async function endLeases(dataDir: string): Promise<void> {
  const sql = "UPDATE webhook_deliveries SET lease_until_ms = 0 WHERE state = 'running'"
  const { DATABASE_URL } = databaseOf(dataDir).environment
  if (DATABASE_URL !== undefined) return runOnce(DATABASE_URL, sql)
  const sqlite = new DatabaseSync(join(dataDir, 'waybill.db'))
  sqlite.exec(sql)
  sqlite.close()
}

describeKills('sqlite', false)
describeKills('postgres', IS_LONG ? withoutPostgres : 'runs in the long mode')
