import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { describe, it } from 'node:test'
import { ServiceError } from '../../domain/errors.ts'
import { readBodyBytes } from '../http/body-bytes.ts'
import { checkBytesType, readBytesHeader, readDeclaredLength } from './request-headers.ts'

const isInvalid = (error: unknown) => error instanceof ServiceError && error.code === 'INVALID_REQUEST'

describe('a number of bytes in a header', () => {
  const good = { '0': 0, '1': 1, '0017': 17, '9007199254740991': Number.MAX_SAFE_INTEGER }
  for (const [text, bytes] of Object.entries(good)) {
    it(`may be ${text}`, () => {
      assert.equal(readBytesHeader({ 'upload-offset': text }, 'upload-offset'), bytes)
    })
  }

  it('is null when the header is missing', () => {
    assert.equal(readBytesHeader({}, 'upload-offset'), null)
  })

  const bad = [
    '',
    ' ',
    '-1',
    '+1',
    '1.0',
    '1e3',
    '0x1',
    '5, 5',
    'x',
    '９',
    '9007199254740992',
    '9'.repeat(400),
  ]
  for (const text of bad) {
    it(`is refused as "${text.slice(0, 20)}"`, () => {
      assert.throws(() => readBytesHeader({ 'upload-offset': text }, 'upload-offset'), isInvalid)
    })
  }
})

describe('the length of a creation', () => {
  const rows: Readonly<Record<string, readonly [headers: IncomingHttpHeaders, length: number | null]>> = {
    'a length': [{ 'upload-length': '5' }, 5],
    'a length of 0': [{ 'upload-length': '0' }, 0],
    'a deferred length': [{ 'upload-defer-length': '1' }, null],
  }
  for (const [name, [headers, length]] of Object.entries(rows)) {
    it(`may be ${name}`, () => {
      assert.equal(readDeclaredLength(headers), length)
    })
  }

  const bad: Readonly<Record<string, IncomingHttpHeaders>> = {
    'without both headers': {},
    'with both headers': { 'upload-length': '5', 'upload-defer-length': '1' },
    'with another value of Upload-Defer-Length': { 'upload-defer-length': '0' },
    'with Upload-Defer-Length twice': { 'upload-defer-length': '1, 1' },
    'with a malformed length': { 'upload-length': 'x' },
    'with a length and another value of Upload-Defer-Length': {
      'upload-length': '5',
      'upload-defer-length': '0',
    },
  }
  for (const [name, headers] of Object.entries(bad)) {
    it(`is refused ${name}`, () => {
      assert.throws(() => readDeclaredLength(headers), isInvalid)
    })
  }
})

describe('the content type of bytes', () => {
  for (const type of ['application/offset+octet-stream', 'Application/Offset+Octet-Stream; a=b']) {
    it(`may be ${type}`, () => {
      assert.doesNotThrow(() => checkBytesType(type))
    })
  }
  for (const type of [null, '', 'application/octet-stream', 'application/offset+octet-streams']) {
    it(`is refused as ${type}`, () => {
      const isUnsupported = (error: unknown) =>
        error instanceof ServiceError && error.code === 'UNSUPPORTED_MEDIA_TYPE'
      assert.throws(() => checkBytesType(type), isUnsupported)
    })
  }
})

describe('the declared length of a body', () => {
  it('is that of Content-Length', () => {
    assert.equal(readBodyBytes({ 'content-length': '17' }), 17)
  })
  it('is unknown for a chunked body', () => {
    assert.equal(readBodyBytes({ 'transfer-encoding': 'chunked' }), null)
  })
  it('is 0 without a body', () => {
    assert.equal(readBodyBytes({}), 0)
  })
})
