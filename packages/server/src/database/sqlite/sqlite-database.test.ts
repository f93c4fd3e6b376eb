import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import {
  assertOlderSession,
  responseBeforeItems,
  SESSIONS_BEFORE_COUNTS,
  schemaOfVersion,
} from '../../../test/older-schema.ts'
import { describeDatabase } from '../database.conformance.ts'
import { openSqliteDatabase } from './sqlite-database.ts'

const newFolder = () => mkdtemp(join(tmpdir(), 'waybill-sqlite-'))
const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true })

describeDatabase('SQLite on disk', async () => {
  const folder = await newFolder()
  return {
    database: openSqliteDatabase(join(folder, 'waybill.db')),
    remove: () => removeFolder(folder),
  }
})

describeDatabase('SQLite in memory', async () => ({
  database: openSqliteDatabase(':memory:'),
  remove: async () => {},
}))

describe('SQLite database', () => {
  it('does not open a schema that is newer than the program', async () => {
    const folder = await newFolder()
    const path = join(folder, 'waybill.db')
    await openSqliteDatabase(path).close()
    const raw = new DatabaseSync(path)
    raw.exec('PRAGMA user_version = 999')
    raw.close()
    assert.throws(() => openSqliteDatabase(path), /schema version 999.*use a newer program/)
    await removeFolder(folder)
  })

  it('counts the unfinished sessions of an existing database', async () => {
    const folder = await newFolder()
    const path = join(folder, 'waybill.db')
    const raw = new DatabaseSync(path)
    raw.exec(`${schemaOfVersion('sqlite', 3)}; ${SESSIONS_BEFORE_COUNTS}; PRAGMA user_version = 3`)
    raw.close()
    const database = openSqliteDatabase(path)
    const { uploadSessions } = database
    const counts = [
      await uploadSessions.countUnfinished('org_a'),
      await uploadSessions.countUnfinished('org_b'),
    ]
    assert.deepEqual(counts, [3, 0])
    await database.close()
    await removeFolder(folder)
  })

  it('finds the items of responses that an existing database has', async () => {
    const folder = await newFolder()
    const path = join(folder, 'waybill.db')
    const raw = new DatabaseSync(path)
    raw.exec(
      `${schemaOfVersion('sqlite', 16)}; ${responseBeforeItems('a', '"\\u0000"')}; PRAGMA user_version = 16`,
    )
    raw.close()
    const database = openSqliteDatabase(path)
    const request = { nowMs: 1, expiresAtMs: 0 }
    const found = await database.responses.findItems('org_a', ['a_in', 'a_out', 'b_in'], request)
    assert.deepEqual([...(found?.keys() ?? [])].sort(), ['a_in', 'a_out'])
    await database.close()
    await removeFolder(folder)
  })

  it('corrects a count that a process of an older version left wrong', async () => {
    const folder = await newFolder()
    const path = join(folder, 'waybill.db')
    await openSqliteDatabase(path).close()
    const raw = new DatabaseSync(path)
    raw.exec(SESSIONS_BEFORE_COUNTS)
    raw.close()
    const database = openSqliteDatabase(path)
    assert.equal(await database.uploadSessions.countUnfinished('org_a'), 0)
    assert.equal(await database.housekeeping.recountSessions('', 1), 'org_a')
    assert.equal(await database.uploadSessions.countUnfinished('org_a'), 3)
    assert.equal(await database.housekeeping.recountSessions('org_a', 9), 'org_b')
    assert.equal(await database.housekeeping.recountSessions('org_b', 9), null)
    await database.close()
    await removeFolder(folder)
  })

  it('reads a session that a process of an older version opened: its length is its limit', async () => {
    const folder = await newFolder()
    const path = join(folder, 'waybill.db')
    await openSqliteDatabase(path).close()
    const raw = new DatabaseSync(path)
    raw.exec(SESSIONS_BEFORE_COUNTS)
    raw.close()
    const database = openSqliteDatabase(path)
    assertOlderSession(await database.uploadSessions.findByFileId('org_a', 'open'))
    await database.close()
    await removeFolder(folder)
  })

  it('shows another process each change as soon as it resolves', async () => {
    const folder = await newFolder()
    const path = join(folder, 'waybill.db')
    const [ours, theirs] = [openSqliteDatabase(path), openSqliteDatabase(path)]
    await ours.installation.secret('a', 'value')
    assert.equal(await theirs.installation.secret('a', 'other'), 'value')
    await Promise.all([ours.close(), theirs.close()])
    await removeFolder(folder)
  })
})
