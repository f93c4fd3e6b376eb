import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { prepareStatement } from './prepare-statement.ts'

function openTable(): DatabaseSync {
  const sqlite = new DatabaseSync(':memory:')
  sqlite.exec('CREATE TABLE pets (name TEXT, legs INTEGER)')
  return sqlite
}

describe('a prepared statement of SQLite', () => {
  it('returns the rows of a query, with values by name', () => {
    const sqlite = openTable()
    sqlite.exec("INSERT INTO pets VALUES ('Ada', 4), ('Ida', NULL)")
    const query = prepareStatement(sqlite, 'SELECT legs, name FROM pets ORDER BY name')
    assert.equal(query.returnsRows, true)
    assert.deepEqual(query.all({}), [
      { legs: 4, name: 'Ada' },
      { legs: null, name: 'Ida' },
    ])
    assert.deepEqual(query.get({}), { legs: 4, name: 'Ada' })
  })

  it('returns null when there is no row', () => {
    const query = prepareStatement(openTable(), 'SELECT name FROM pets WHERE name = $name')
    assert.equal(query.get({ name: 'Ada' }), null)
    assert.deepEqual(query.all({ name: 'Ada' }), [])
  })

  it('counts the rows that a change without RETURNING has changed', () => {
    const sqlite = openTable()
    const insert = prepareStatement(sqlite, 'INSERT INTO pets VALUES ($name, 4)')
    assert.equal(insert.returnsRows, false)
    assert.equal(insert.run({ name: 'Ada' }), 1)
    const update = prepareStatement(sqlite, 'UPDATE pets SET legs = 3 RETURNING name')
    assert.equal(update.returnsRows, true)
    assert.deepEqual(update.all({}), [{ name: 'Ada' }])
  })

  it('returns the columns that a table has gained since', () => {
    const sqlite = openTable()
    const query = prepareStatement(sqlite, 'SELECT * FROM pets')
    sqlite.exec("INSERT INTO pets VALUES ('Ada', 4)")
    assert.deepEqual(query.get({}), { name: 'Ada', legs: 4 })
    sqlite.exec("ALTER TABLE pets ADD COLUMN sound TEXT DEFAULT 'meow'")
    assert.deepEqual(query.all({}), [{ name: 'Ada', legs: 4, sound: 'meow' }])
  })

  it('keeps the last of two columns with one name', () => {
    const query = prepareStatement(openTable(), 'SELECT 1 AS n, 2 AS m, 3 AS n')
    assert.deepEqual(query.get({}), { n: 3, m: 2 })
  })
})
