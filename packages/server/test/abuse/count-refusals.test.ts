import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { openDatabase } from '../../src/compose/open-database.ts'
import type { Database } from '../../src/database/database.ts'
import { ServiceError } from '../../src/domain/errors.ts'
import { createRefusalCounts } from '../../src/operations/access/count-refusals.ts'

const MINUTE_MS = 60_000
const START_MS = Date.UTC(2026, 0, 15)

const ofKey = {
  organizationId: 'org_1',
  actor: 'ak_1',
  action: 'createUploadUrl',
  target: null,
  outcome: 'RATE_LIMIT_EXCEEDED',
  traceId: 'trace',
  clientAddress: '192.0.2.1',
}
const ofStranger = { ...ofKey, organizationId: null, actor: null, outcome: 'INVALID_API_KEY' }

describe('refusals in the audit', () => {
  let database: Database
  let nowMs: number
  let writes: number
  let isDown: boolean
  let warnings: number
  beforeEach(async () => {
    database = await openDatabase({ kind: 'sqlite', path: ':memory:' })
    nowMs = START_MS
    writes = 0
    warnings = 0
    isDown = false
  })
  afterEach(() => database.close())

  /** Creates counts on a database that records its calls and can be unavailable. */
  const create = () =>
    createRefusalCounts({
      now: () => nowMs,
      log: { warn: () => warnings++ },
      database: {
        ...database,
        audit: {
          ...database.audit,
          addRefusals: async (rows) => {
            writes++
            if (isDown) throw new ServiceError('SERVICE_UNAVAILABLE', 'away')
            await database.audit.addRefusals(rows)
          },
        },
      },
    })
  const rows = async () => (await database.audit.list(null, 1000)).toReversed()
  const counts = async () => (await rows()).map(({ count }) => count)

  it('are written at the first one, and the following ones are counted with few writes', async () => {
    const refusals = create()
    await refusals.add(ofKey)
    assert.deepEqual(await rows(), [{ ...ofKey, timeMs: START_MS, count: 1 }])
    for (let count = 0; count < 10_000; count++) await refusals.add({ ...ofKey, traceId: `trace-${count}` })
    await refusals.close()
    assert.deepEqual(await rows(), [{ ...ofKey, timeMs: START_MS, count: 10_001 }])
    assert.ok(writes <= 4, `${writes} writes`)
  })

  it('have one row per key, code and minute, whatever their targets, actions and addresses', async () => {
    const refusals = create()
    for (let minute = 0; minute < 2; minute++) {
      nowMs = START_MS + minute * MINUTE_MS
      for (let index = 0; index < 50; index++) {
        const varied = {
          action: `action${index}`,
          target: `file_${index}`,
          clientAddress: `2001:db8::${index}`,
        }
        for (const actor of ['ak_1', 'ak_2']) {
          await refusals.add({ ...ofKey, ...varied, actor })
          await refusals.add({ ...ofKey, ...varied, actor, outcome: 'FILE_NOT_FOUND' })
        }
      }
    }
    await refusals.close()
    assert.deepEqual(
      await counts(),
      Array.from({ length: 8 }, () => 50),
    )
    for (const row of await rows()) {
      assert.deepEqual([row.action, row.target, row.clientAddress], ['several', null, 'several'])
    }
  })

  it('without a known key have one row per address up to a limit, and one for all other addresses', async () => {
    const refusals = create()
    for (let index = 0; index < 5000; index++) {
      await refusals.add({ ...ofStranger, clientAddress: `2001:db8::${index.toString(16)}` })
    }
    await refusals.close()
    const all = await rows()
    assert.equal(all.length, 61)
    assert.deepEqual(all.at(-1), { ...ofStranger, timeMs: START_MS, clientAddress: 'several', count: 4940 })
    await refusals.add(ofKey)
    assert.equal((await rows()).at(-1)?.actor, 'ak_1', 'a known key is never one of them')
  })

  it('of several processes share rows', async () => {
    const processes = [create(), create(), create()]
    for (const refusals of processes) for (let count = 0; count < 10; count++) await refusals.add(ofKey)
    await Promise.all(processes.map((refusals) => refusals.close()))
    assert.deepEqual(await counts(), [30])
  })

  it('are kept while the database is unavailable, including the first one', async () => {
    const refusals = create()
    isDown = true
    for (let count = 0; count < 10; count++) await refusals.add(ofKey)
    nowMs += MINUTE_MS
    await refusals.add(ofKey)
    assert.equal(warnings, 2)
    isDown = false
    await refusals.close()
    assert.deepEqual(await counts(), [10, 1])
  })
})
