import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { keyProblem, placeOfKey } from './bucket-key.ts'
import { fileNameProblem } from './file-name.ts'
import { folderProblem } from './folder.ts'

const PLACES: readonly [key: string, path: string, filename: string][] = [
  ['a.txt', '', 'a.txt'],
  ['a/b/c.txt', 'a/b', 'c.txt'],
  ['a//c.txt', '', 'c.txt'],
  ['/c.txt', '', 'c.txt'],
  ['a/b/', '', 'b'],
  ['///', '', '_'],
  ['a/b\\c', '', 'b_c'],
  ['x'.repeat(300), '', 'x'.repeat(255)],
]

for (const [key, path, filename] of PLACES) {
  test(`the File of the key "${key.slice(0, 20)}" is "${filename.slice(0, 20)}" in the folder "${path}"`, () => {
    assert.deepEqual(placeOfKey(key), { path, filename })
  })
}

test('every accepted key gives a valid name and folder', () => {
  const keys = fc.string({ unit: 'grapheme', minLength: 1 }).filter((key) => keyProblem(key) === null)
  fc.assert(
    fc.property(keys, (key) => {
      const { path, filename } = placeOfKey(key)
      assert.equal(fileNameProblem(filename), null)
      assert.equal(folderProblem(path, filename), null)
    }),
  )
})

const KEYS: readonly [key: string, kind: string | null][] = [
  ['a//b/', null],
  ['é'.repeat(512), null],
  [`${'é'.repeat(512)}a`, 'too-long'],
  ['', 'invalid'],
  ['a/../b', 'invalid'],
  ['.', 'invalid'],
  ['a\nb', 'invalid'],
  ['\ud800', 'invalid'],
  ['a\uffff', 'invalid'],
  [`file_${'0198f3ab'.repeat(4)}/a`, 'invalid'],
  ['file_exports/a', null],
  ['file_0198', null],
  ['..a', null],
]

for (const [key, kind] of KEYS) {
  test(`the key "${key.slice(0, 10)}" is ${kind ?? 'accepted'}`, () => {
    assert.equal(keyProblem(key)?.kind ?? null, kind)
  })
}
