import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { guessContentType } from './guess-content-type.ts'

const ROWS = {
  'report.pdf': 'application/pdf',
  'NOTE.TXT': 'text/plain',
  'archive.tar.gz': 'application/gzip',
  'main.ts': 'application/octet-stream',
  'id.key': 'application/octet-stream',
  'a.unknown-ending': 'application/octet-stream',
  pdf: 'application/octet-stream',
  upload: 'application/octet-stream',
  'constructor.__proto__': 'application/octet-stream',
}

describe('the type of a file by its name', () => {
  for (const [filename, type] of Object.entries(ROWS)) {
    it(`is ${type} for ${filename}`, () => {
      assert.equal(guessContentType(filename), type)
    })
  }
})
