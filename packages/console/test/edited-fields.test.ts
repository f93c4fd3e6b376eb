import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { editedFields } from '../src/files/edited-fields.ts'

const FILE = { original_filename: 'plan.txt', path: null, metadata: { author: 'Ada', state: 'draft' } }
const formOf = (filename: string, path: string, pairs: readonly (readonly [string, string])[]) => {
  const fields = new FormData()
  fields.set('filename', filename)
  fields.set('path', path)
  for (const [key, text] of pairs) {
    fields.append('key', key)
    fields.append('value', text)
  }
  return fields
}
const PAIRS = Object.entries(FILE.metadata)

describe('the edited fields of a file', () => {
  it('are none where nothing differs, in whichever order', () => {
    assert.equal(editedFields(formOf('plan.txt', '/', PAIRS.toReversed()), FILE), null)
  })

  it('are those that differ, and no others', () => {
    assert.deepEqual(editedFields(formOf('new.txt', '', PAIRS), FILE), { filename: 'new.txt' })
    assert.deepEqual(editedFields(formOf('plan.txt', '/a/b/', PAIRS), FILE), { path: 'a/b' })
    assert.deepEqual(editedFields(formOf('plan.txt', '', PAIRS.slice(1)), FILE), {
      metadata: { state: 'draft' },
    })
  })

  it('have an empty path for a file that leaves its folder', () => {
    assert.deepEqual(editedFields(formOf('plan.txt', '', PAIRS), { ...FILE, path: 'a' }), { path: '' })
  })
})
