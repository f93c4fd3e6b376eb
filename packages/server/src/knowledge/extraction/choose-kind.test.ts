import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ExtractionFailure } from '../text-extractor.ts'
import { chooseKind } from './choose-kind.ts'

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const UNKNOWN = 'application/octet-stream'

/** The detected type, the declared type, the name, and the kind; a file without a detected type is text. */
const CASES: readonly (readonly [string | null, string, string, string])[] = [
  ['application/pdf', 'text/plain', 'a.txt', 'pdf'],
  [DOCX, 'application/pdf', 'a.pdf', 'docx'],
  ['application/zip', DOCX, 'a', 'docx'],
  ['application/zip', UNKNOWN, 'a.pptx', 'pptx'],
  ['application/x-cfb', DOCX, 'a', 'docx'],
  ['application/epub+zip', UNKNOWN, 'a', 'epub'],
  ['application/rtf', 'application/msword', 'a.doc', 'rtf'],
  ['text/html', 'text/markdown', 'a.md', 'markdown'],
  ['text/html', UNKNOWN, 'page', 'html'],
  ['application/xml', UNKNOWN, 'a.xhtml', 'html'],
  ['application/xml', 'text/xml', 'a', 'xml'],
  ['image/svg+xml', 'image/svg+xml', 'a.svg', 'xml'],
  [null, 'text/plain', 'a.txt', 'text'],
  [null, 'text/plain; charset=utf-8', 'a.md', 'markdown'],
  [null, UNKNOWN, 'a.ts', 'code'],
  [null, 'video/mp2t', 'a.ts', 'code'],
  [null, UNKNOWN, 'notes', 'text'],
  [null, 'text/csv', 'a.txt', 'csv'],
  [null, 'application/vnd.ms-excel', 'a.csv', 'csv'],
  [null, 'application/problem+json', 'a', 'json'],
  [null, UNKNOWN, 'a.jsonl', 'json'],
  [null, 'message/rfc822', 'a', 'eml'],
  [null, UNKNOWN, 'a.srt', 'subtitles'],
  [null, 'application/pdf', 'a.pdf', 'text'],
]

describe('the kind of a file', () => {
  for (const [detectedContentType, contentType, filename, kind] of CASES)
    it(`is ${kind} for ${detectedContentType}, ${contentType}, ${filename}`, () => {
      assert.equal(chooseKind({ detectedContentType, contentType, filename, isText: true }), kind)
    })

  it('is the declared one for bytes without a signature, whose reader reports the damage', () => {
    const file = { detectedContentType: null, contentType: 'application/pdf', filename: 'a', isText: false }
    assert.equal(chooseKind(file), 'pdf')
  })

  const refused = [
    ['image/png', 'image/png', 'a.png', /type image\/png. Convert it to PDF/],
    ['application/x-cfb', 'application/msword', 'a.doc', /Save it as DOCX or PDF and upload the result/],
    ['application/x-cfb', UNKNOWN, 'a.XLS', /Save it as XLSX or PDF/],
    ['application/x-cfb', 'application/vnd.ms-powerpoint', 'a', /Save it as PPTX or PDF/],
    ['application/x-cfb', UNKNOWN, 'a.msg', /Save it as EML or PDF/],
    ['application/x-cfb', UNKNOWN, 'a', /Save it as DOCX, XLSX, PPTX or PDF/],
    ['application/zip', 'application/zip', 'a.zip', /type application\/zip/],
    [null, UNKNOWN, 'a.txt', /type application\/octet-stream/],
  ] as const
  for (const [detectedContentType, contentType, filename, message] of refused)
    it(`is refused for ${detectedContentType}, ${contentType}, ${filename} that is no text`, () => {
      const choose = () => chooseKind({ detectedContentType, contentType, filename, isText: false })
      assert.throws(choose, (error: ExtractionFailure) => {
        assert.equal(error.code, 'unsupported_file')
        assert.match(error.message, message)
        return true
      })
    })
})
