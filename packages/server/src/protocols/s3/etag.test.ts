import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { opaqueEtag } from '../../domain/files/bucket-file.ts'
import { multipartEtag, quoteEtag, unquoteEtag } from './etag.ts'

const md5 = (bytes: string | Buffer) => createHash('md5').update(bytes).digest()

describe('an entity tag', () => {
  it('of parts is the MD5 of their binary MD5s, and their number', () => {
    const expected = md5(Buffer.concat([md5('a'), md5('b')])).toString('hex')
    assert.equal(multipartEtag([md5('a').toString('hex'), md5('b').toString('hex')]), `${expected}-2`)
  })

  it('without an MD5 has its length, and cannot be taken for one', () => {
    assert.equal(opaqueEtag('4waSgw==', 9), 'e3069283000000000000000000000009-0')
  })

  for (const [text, etag] of [
    ['"abc"', 'abc'],
    ['abc', 'abc'],
    [' "abc" ', 'abc'],
    ['"', '"'],
    ['W/"abc"', 'W/"abc"'],
  ] as const) {
    it(`is ${etag} when a request has ${text}`, () => {
      assert.equal(unquoteEtag(text), etag)
    })
  }

  it('has quotes in answers', () => {
    assert.equal(quoteEtag('abc'), '"abc"')
  })
})
