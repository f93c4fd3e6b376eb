import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
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
