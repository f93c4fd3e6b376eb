import assert from 'node:assert/strict'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { ServiceError } from '../../domain/errors.ts'
import { readParts } from './read-parts.ts'

const FORM = [
  'a preamble\r\n',
  '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\n--\r\n',
  '--b\r\nContent-Disposition: form-data; name="empty"\r\n\r\n\r\n',
  '--b\r\ncontent-disposition: form-data; name="c"\r\nContent-Type: text/plain\r\n\r\n\r\n--a\r\n',
  '--b--\r\nan epilogue\r\n--b\r\n\r\nno part\r\n',
].join('')
const PARTS = [
  { disposition: 'form-data; name="a"', type: undefined, text: 'one\r\n--' },
  { disposition: 'form-data; name="empty"', type: undefined, text: '' },
  { disposition: 'form-data; name="c"', type: 'text/plain', text: '\r\n--a' },
]
const isCode = (code: string) => (error: unknown) => error instanceof ServiceError && error.code === code

async function read(source: Readable) {
  const parts = []
  for await (const { headers, body } of readParts(source, 'b')) {
    const text = (await buffer(body)).toString()
    parts.push({
      disposition: headers['content-disposition']?.[0],
      type: headers['content-type']?.[0],
      text,
    })
  }
  return parts
}

describe('readParts', () => {
  it('finds the same parts wherever the body is split', async () => {
    const bytes = Buffer.from(FORM)
    for (let at = 0; at <= bytes.length; at++) {
      const source = Readable.from([bytes.subarray(0, at), bytes.subarray(at)], { objectMode: false })
      assert.deepEqual(await read(source), PARTS, `split at ${at}`)
    }
    const oneByOne = Readable.from(
      [...bytes].map((byte) => Buffer.from([byte])),
      { objectMode: false },
    )
    assert.deepEqual(await read(oneByOne), PARTS)
  })

  it('finds no parts in a form without parts', async () => {
    assert.deepEqual(await read(Readable.from([Buffer.from('--b--\r\n')], { objectMode: false })), [])
  })

  it('reads a long part only as fast as its consumer', async () => {
    let sentBytes = 0
    async function* body() {
      yield Buffer.from('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n')
      for (let piece = 0; piece < 1000; piece++) {
        sentBytes += 65_536
        yield Buffer.alloc(65_536)
      }
      yield Buffer.from('\r\n--b--\r\n')
    }
    for await (const part of readParts(Readable.from(body(), { objectMode: false }), 'b')) {
      await new Promise((resolve) => setImmediate(resolve))
      assert.ok(sentBytes < 1_000_000, `${sentBytes}`)
      assert.equal((await buffer(part.body)).length, 65_536_000)
    }
  })

  for (const [what, text] of [
    ['is empty', ''],
    ['is not multipart', 'garbage'],
    ['stops in a part', FORM.slice(0, 80)],
    ['stops in the headers of a part', FORM.slice(0, 30)],
    ['stops before its last boundary', FORM.slice(0, FORM.indexOf('--b--'))],
  ] as const) {
    it(`refuses a body that ${what}`, async () => {
      const source = Readable.from([Buffer.from(text)], { objectMode: false })
      await assert.rejects(read(source), isCode('INVALID_REQUEST'))
    })
  }

  it('fails the current part and the iteration when the connection breaks', async () => {
    const source = new PassThrough()
    source.write(FORM.slice(0, 70))
    const reading = read(source)
    await new Promise((resolve) => setImmediate(resolve))
    source.destroy(new Error('connection lost'))
    await assert.rejects(reading, isCode('INVALID_REQUEST'))
  })

  it('accepts 100 parts, and refuses 101', async () => {
    const form = (count: number) =>
      Readable.from(
        [`${'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'.repeat(count)}--b--\r\n`].map(
          (text) => Buffer.from(text),
        ),
        { objectMode: false },
      )
    assert.equal((await read(form(100))).length, 100)
    await assert.rejects(read(form(101)), isCode('VALIDATION_ERROR'))
  })
})
