import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ServiceError } from '../../domain/errors.ts'
import { fileFactsOf, parseUploadMetadata } from './upload-metadata.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const isInvalid = (error: unknown) => error instanceof ServiceError && error.code === 'INVALID_REQUEST'

const GOOD: Readonly<Record<string, readonly [header: string, pairs: Record<string, string>]>> = {
  'one pair': [`filename ${base64('a.txt')}`, { filename: 'a.txt' }],
  'several pairs': [`a ${base64('1')},b ${base64('2')}`, { a: '1', b: '2' }],
  'spaces after a comma, as joined headers have them': [
    `a ${base64('1')}, b ${base64('2')}`,
    { a: '1', b: '2' },
  ],
  'a key without a value': ['is_confidential', { is_confidential: '' }],
  'a key with a space and no value': ['is_confidential ', { is_confidential: '' }],
  'keys that differ in case': ['a MQ==,A Mg==', { a: '1', A: '2' }],
  'no pair': ['', {}],
  '8 KiB': [`a ${'A'.repeat(8188)}`, { a: '\0'.repeat(6141) }],
}

const BAD: Readonly<Record<string, string>> = {
  'more than 8 KiB': `a ${'A'.repeat(8192)}`,
  'an empty key': ' MQ==, MQ==',
  'nothing between two commas': 'a MQ==,,b MQ==',
  'nothing after the last comma': 'a MQ==,',
  'nothing but a comma': ',',
  'a key twice': 'a MQ==,b MQ==,a Mg==',
  'two spaces': 'a  MQ==',
  'a third word': 'a MQ== x',
  'a key that is not ASCII': 'größe MQ==',
  'a control character': 'a\tMQ==',
  'a value that is not base64': 'a ***',
  'a value in the URL alphabet': 'a -_-_',
  'a value without its padding': 'a MQ',
  'a value with too much padding': 'a MQ===',
}

describe('Upload-Metadata', () => {
  for (const [name, [header, pairs]] of Object.entries(GOOD)) {
    it(`may have ${name}`, () => {
      const parsed = [...parseUploadMetadata(header)].map(([key, value]) => [key, value.toString()])
      assert.deepEqual(Object.fromEntries(parsed), pairs)
    })
  }

  for (const [name, header] of Object.entries(BAD)) {
    it(`is refused with ${name}`, () => {
      assert.throws(() => parseUploadMetadata(header), isInvalid)
    })
  }
})

const FACTS: Readonly<Record<string, readonly [metadata: Record<string, string>, facts: object]>> = {
  'nothing without metadata': [{}, { filename: null, contentType: null, path: '' }],
  'filename and filetype': [
    { filename: 'a.txt', filetype: 'text/plain' },
    { filename: 'a.txt', contentType: 'text/plain', path: '' },
  ],
  'filename before name, and filetype before type': [
    { name: 'b', filename: 'a', type: 'text/css', filetype: 'text/csv' },
    { filename: 'a', contentType: 'text/csv', path: '' },
  ],
  'name and type alone': [
    { name: 'a', type: 'text/css' },
    { filename: 'a', contentType: 'text/css', path: '' },
  ],
  'contentType alone': [{ contentType: 'text/css' }, { filename: null, contentType: 'text/css', path: '' }],
  'no value that is the text null': [
    { relativePath: 'null', name: 'a', type: 'null', filename: 'null', filetype: 'null' },
    { filename: 'a', contentType: null, path: '' },
  ],
  'no empty value': [
    { filename: '', name: 'a' },
    { filename: 'a', contentType: null, path: '' },
  ],
  'the folder of a relative path': [
    { filename: 'c.txt', relativePath: 'a/b/c.txt' },
    { filename: 'c.txt', contentType: null, path: 'a/b' },
  ],
  'the folder of a path from the root of a dropped folder': [
    { filename: 'c.txt', relativePath: '/a/c.txt' },
    { filename: 'c.txt', contentType: null, path: 'a' },
  ],
  'no folder of a relative path that is a name': [
    { filename: 'c.txt', relativePath: 'c.txt' },
    { filename: 'c.txt', contentType: null, path: '' },
  ],
  'names of every script': [
    { filename: 'naïve 文.txt' },
    { filename: 'naïve 文.txt', contentType: null, path: '' },
  ],
}

describe('the file in the metadata', () => {
  for (const [name, [metadata, facts]] of Object.entries(FACTS)) {
    it(`has ${name}`, () => {
      const header = Object.entries(metadata).map(([key, value]) => `${key} ${base64(value)}`)
      assert.deepEqual(fileFactsOf(parseUploadMetadata(header.join(','))), facts)
    })
  }

  it('is refused when its name is not UTF-8', () => {
    const metadata = parseUploadMetadata(`filename ${Buffer.from([0xff]).toString('base64')}`)
    assert.throws(() => fileFactsOf(metadata), isInvalid)
  })

  it('may have other values that are not UTF-8', () => {
    const metadata = parseUploadMetadata(`key ${Buffer.from([0xff]).toString('base64')}`)
    assert.deepEqual(metadata.get('key'), Buffer.from([0xff]))
  })
})
