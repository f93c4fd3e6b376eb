import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openDatabase } from '../../src/compose/open-database.ts'
import { openStorage } from '../../src/compose/open-storage.ts'
import { describeDatabase } from '../../src/database/database.conformance.ts'
import type { Spans } from '../../src/observe/spans.ts'
import { traceDatabase, traceStorage } from '../../src/observe/trace-calls.ts'
import { describeStorage } from '../../src/storage/storage.conformance.ts'

/** Spans that run every call, as within a request. */
const SPANS: Spans = {
  within: (_context, work) => work(),
  measure: (_name, _attributes, call) => call(),
  begin: () => null,
}

const newFolder = () => mkdtemp(join(tmpdir(), 'waybill-traced-'))
const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true })

describeStorage('disk whose calls are traced', async () => {
  const folder = await newFolder()
  const storage = await openStorage({ kind: 'disk', directory: join(folder, 'objects') })
  return { storage: traceStorage(storage, SPANS), remove: () => removeFolder(folder) }
})

describeDatabase('SQLite whose calls are traced', async () => {
  const folder = await newFolder()
  const database = await openDatabase({ kind: 'sqlite', path: join(folder, 'waybill.db') })
  return { database: traceDatabase(database, SPANS), remove: () => removeFolder(folder) }
})

describe('traceDatabase', () => {
  it('records a span for each call, also of the records that index files', async () => {
    const names: string[] = []
    const spans: Spans = {
      ...SPANS,
      measure: (name, attributes, call) => {
        names.push(`${name} ${attributes['db.operation.name']}`)
        return call()
      },
    }
    const database = traceDatabase(await openDatabase({ kind: 'sqlite', path: ':memory:' }), spans)
    await database.vectorStores.find({ organizationId: 'org_a', actorId: null, seesAll: true }, 'vs_a')
    await database.vectorStores.indexing.findLive({ organizationId: 'org_a', storeId: 'vs_a' }, [])
    await database.close()
    assert.deepEqual(names, [
      'database.vectorStores.find vectorStores.find',
      'database.vectorStores.indexing.findLive vectorStores.indexing.findLive',
    ])
  })
})
