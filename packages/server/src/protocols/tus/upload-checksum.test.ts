import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ServiceError } from '../../domain/errors.ts'
import { announcesTrailer, parseUploadChecksum } from './upload-checksum.ts'

const base64 = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64')
const GOOD = { sha1: 20, sha256: 32, crc32c: 4, md5: 16, sha512: 64 } as const

const BAD: Readonly<Record<string, string>> = {
  'no value': '',
  'no digest': 'sha1',
  'no algorithm': base64(20),
  'an unknown algorithm': `sha3 ${base64(32)}`,
  'an algorithm in upper case': `SHA1 ${base64(20)}`,
  'a name of every object': `constructor ${base64(20)}`,
  'a digest of another length': `sha1 ${base64(32)}`,
  'a digest in hex': `md5 ${'07'.repeat(16)}`,
  'a digest without its padding': `sha1 ${base64(20).slice(0, -1)}`,
  'two spaces': `sha1  ${base64(20)}`,
  'two headers': `sha1 ${base64(20)}, sha1 ${base64(20)}`,
}

describe('Upload-Checksum', () => {
  for (const [algorithm, bytes] of Object.entries(GOOD)) {
    it(`may be a digest of ${algorithm}`, () => {
      const digest = base64(bytes)
      assert.deepEqual(parseUploadChecksum(`${algorithm} ${digest}`), { [algorithm]: digest })
    })
  }

  for (const [name, header] of Object.entries(BAD)) {
    it(`is refused with ${name}`, () => {
      const isInvalid = (error: unknown) => error instanceof ServiceError && error.code === 'INVALID_REQUEST'
      assert.throws(() => parseUploadChecksum(header), isInvalid)
    })
  }
})

describe('the announcement of a trailer', () => {
  const rows = {
    'Upload-Checksum': true,
    'x-other, upload-checksum': true,
    'x-upload-checksum': false,
    '': false,
  }
  for (const [trailer, isAnnounced] of Object.entries(rows)) {
    it(`is ${isAnnounced ? '' : 'not '}in "Trailer: ${trailer}"`, () => {
      assert.equal(announcesTrailer({ trailer }), isAnnounced)
    })
  }
  it('is missing without the header', () => {
    assert.equal(announcesTrailer({}), false)
  })
})
