import assert from 'node:assert/strict'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
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

const streamOf = (...chunks: readonly (string | Buffer)[]) =>
  Readable.from(
    chunks.map((chunk) => Buffer.from(chunk)),
    { objectMode: false },
  )

/** Returns a request whose body has arrived completely. */
function arrivedRequest(body: string): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  request.push(Buffer.from(body))
  request.push(null)
  request.complete = true
  return request
}

async function read(source: Readable, boundary = 'b') {
  const parts = []
  for await (const { headers, body } of readParts(source, boundary)) {
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
      const source = streamOf(bytes.subarray(0, at), bytes.subarray(at))
      assert.deepEqual(await read(source), PARTS, `split at ${at}`)
    }
    assert.deepEqual(await read(streamOf(...[...bytes].map((byte) => Buffer.of(byte)))), PARTS)
  })

  it('finds the same parts in a body that has arrived before', async () => {
    assert.deepEqual(await read(arrivedRequest(FORM)), PARTS)
  })

  it('reads many parts that come in one chunk, and long ones that come in many', async () => {
    const contents = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(index * 5000))
    const parts = contents.map(
      (content) => `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n${content}\r\n`,
    )
    const form = Buffer.from(`${parts.join('')}--b--`)
    const chunks = Array.from({ length: Math.ceil(form.length / 65_536) }, (_, index) =>
      form.subarray(index * 65_536, (index + 1) * 65_536),
    )
    for (const source of [streamOf(form), streamOf(...chunks)])
      assert.deepEqual(
        (await read(source)).map(({ text }) => text),
        contents,
      )
  })

  it('finds no parts in a form without parts', async () => {
    assert.deepEqual(await read(streamOf('--b--\r\n')), [])
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
      for (const source of [streamOf(text), arrivedRequest(text)])
        await assert.rejects(read(source), isCode('INVALID_REQUEST'))
    })
  }

  for (const [what, head] of [
    ['is missing', 'Content-Type: text/plain'],
    ['is no form data', 'Content-Disposition: attachment; name="a"'],
    ['has no name', 'Content-Disposition: form-data; filename="a"'],
    ['is sent twice', 'Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="b"'],
  ] as const) {
    it(`refuses a part whose disposition ${what}`, async () => {
      const form = `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\n--b\r\n${head}\r\n\r\ntwo\r\n--b--`
      for (const source of [streamOf(form), arrivedRequest(form)])
        await assert.rejects(read(source), isCode('INVALID_REQUEST'))
    })
  }

  it('accepts a boundary of 252 bytes, and refuses a longer one', async () => {
    const form = (boundary: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--${boundary}--`
    for (const sourceOf of [streamOf, arrivedRequest]) {
      const [longest, longer] = ['b'.repeat(252), 'b'.repeat(253)]
      assert.equal((await read(sourceOf(form(longest)), longest)).length, 1)
      await assert.rejects(read(sourceOf(form(longer)), longer), isCode('INVALID_REQUEST'))
    }
  })

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
      streamOf(`${'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'.repeat(count)}--b--\r\n`)
    assert.equal((await read(form(100))).length, 100)
    await assert.rejects(read(form(101)), isCode('VALIDATION_ERROR'))
  })
})
