import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { createSeededRandom, type SeededRandom } from '../../../test/seeded-random.ts'
import { ServiceError } from '../../domain/errors.ts'
import { releaseBuffer } from '../../platform/release-buffer.ts'
import { createPartParser, type PartHeaders } from './parse-parts.ts'

const RUNS = 3000
/** Pieces of which random bodies are made, so that most of them are nearly a form. */
const PIECES = [
  ...['--b', '--b', '--b', '\r\n', '\r\n', '\r\n', '\r\n\r\n', '\r\n\r\n', '\r\n--b', '\r\n--b\r\n'],
  ...['--', '-', '\r', '\n', ':', ' ', '\t', ''],
  ...['name: value', 'name:value', 'name:\tvalue ', 'Name: other', '__proto__: x', ': none', ' folded'],
  ...['bytes', 'é'],
] as const

/** Parses a body that arrives in chunks; returns the code of the error when it is refused. */
function parse(chunks: readonly Buffer[], boundary = 'b') {
  const parts: { headers: PartHeaders; text: string }[] = []
  let isOpen = false
  const parser = createPartParser(boundary, {
    onPart: (headers) => {
      isOpen = true
      parts.push({ headers: { ...headers }, text: '' })
    },
    onBytes: (bytes) => {
      const part = parts.at(-1)
      assert.ok(isOpen && part !== undefined && bytes.length > 0)
      part.text += bytes.toString('latin1')
    },
    onPartEnd: () => {
      isOpen = false
    },
  })
  try {
    for (const chunk of chunks) parser.write(chunk)
    parser.end()
  } catch (error) {
    assert.ok(error instanceof ServiceError)
    return error.code
  }
  assert.equal(isOpen, false)
  return parts
}

const parseText = (text: string) => parse([Buffer.from(text, 'latin1')])

/** Cuts the body at random places. */
function cut(body: Buffer, random: SeededRandom, places: number): Buffer[] {
  const cuts = Array.from({ length: places }, () => random.integer(0, body.length)).sort((a, b) => a - b)
  return [0, ...cuts].map((from, index) => body.subarray(from, cuts[index] ?? body.length))
}

const bytesOf = (body: Buffer) => [...body].map((byte) => Buffer.of(byte))

describe('createPartParser', () => {
  it('finds the parts of a form, with the values of their headers as they were sent', () => {
    const form =
      '--b\r\nContent-Disposition: form-data; name="a"\r\nX:1\r\nx:  2 \r\n\r\none\r\n--\r\n--b\r\n\r\n\r\n--b--\r\nepilogue'
    assert.deepEqual(parseText(form), [
      { headers: { 'content-disposition': ['form-data; name="a"'], x: ['1', ' 2 '] }, text: 'one\r\n--' },
      { headers: {}, text: '' },
    ])
  })

  for (const [what, form, texts] of [
    ['a preamble', 'preamble\r\n--b\r\n\r\nx\r\n--b--', ['x']],
    ['an epilogue with a delimiter', '--b\r\n\r\nx\r\n--b--\r\n--b\r\n\r\ny\r\n--b--', ['x']],
    ['no part', '--b--\r\n', []],
    ['white space after its delimiters', '--b \r\n\r\nx\r\n--b\t \r\n\r\ny\r\n--b-- \t', ['x', 'y']],
    ['line ends in its contents', '--b\r\n\r\n\r\n\r\n--a\r\n\r\n--b--', ['\r\n\r\n--a\r\n']],
    ['32 headers', `--b\r\n${'a: b\r\n'.repeat(32)}\r\nx\r\n--b--`, ['x']],
  ] as const) {
    it(`reads a body with ${what}`, () => {
      const parts = parseText(form)
      assert.ok(Array.isArray(parts))
      assert.deepEqual(
        parts.map(({ text }) => text),
        texts,
      )
    })
  }

  it('joins the lines of a folded header', () => {
    assert.deepEqual(parseText('--b\r\na: b\r\n\tc\r\n d: e\r\n\r\nx\r\n--b--'), [
      { headers: { a: ['b\tc d: e'] }, text: 'x' },
    ])
  })

  for (const [what, form, code = 'INVALID_REQUEST'] of [
    ['no bytes', ''],
    ['no end', '--b\r\n\r\nx\r\n--b\r\n'],
    ['an end that is cut off', '--b\r\n\r\nx\r\n--b-'],
    ['a content line that begins with the delimiter', '--b\r\n\r\nx\r\n--bc\r\ny\r\n--b--'],
    ['a content line that begins with the last delimiter', '--b\r\n\r\nx\r\n--b--c\r\ny\r\n--b--'],
    ['one hyphen after a delimiter', '--b\r\n\r\nx\r\n--b-\r\ny\r\n--b--'],
    ['a line end of one byte after a delimiter', '--b\r\n\r\nx\r\n--b\n\r\ny\r\n--b--'],
    ['much white space after a delimiter', `--b\r\n\r\nx\r\n--b${' '.repeat(8192)}\r\n\r\ny\r\n--b--`],
    ['a delimiter in a head', '--b\r\na: b\r\n--b\r\n\r\nx\r\n--b--'],
    ['a delimiter in a head that is a header too', '--b\r\na: b\r\n--b: c\r\n\r\nx\r\n--b--'],
    ['a part that is only a head', '--b\r\na: b\r\n\r\n--b\r\n\r\nx\r\n--b--'],
    ['a part without a blank line', '--b\r\na: b\r\nx\r\n--b--\r\n'],
    ['a head that begins with white space', '--b\r\n a: b\r\n\r\nx\r\n--b--'],
    ['a line that is no header', '--b\r\nfoo\r\n\r\nx\r\n--b--'],
    ['white space before a colon', '--b\r\na : b\r\n\r\nx\r\n--b--'],
    ['a line feed in a header', '--b\r\na: b\nc: d\r\n\r\nx\r\n--b--'],
    ['33 headers', `--b\r\n${'a: b\r\n'.repeat(33)}\r\nx\r\n--b--`],
    ['a long head', `--b\r\na: ${'b'.repeat(8200)}\r\n\r\nx\r\n--b--`],
    ['101 parts', `${'--b\r\n\r\nx\r\n'.repeat(101)}--b--`, 'VALIDATION_ERROR'],
  ] as const) {
    it(`refuses a body with ${what}, wherever it is cut`, () => {
      const body = Buffer.from(form)
      assert.equal(parse([body]), code)
      assert.equal(parse(bytesOf(body)), code)
    })
  }

  it('finds the same in random bodies, wherever they are cut', () => {
    const random = createSeededRandom(1)
    let found = 0
    for (let run = 0; run < RUNS; run++) {
      const pieces = Array.from({ length: random.integer(1, 14) }, () => random.pick(PIECES))
      const begin = run % 3 === 0 ? 'preamble\r\n--b\r\n' : '--b\r\n'
      const body = Buffer.from(`${begin}${pieces.join('')}${run % 2 === 0 ? '\r\n--b--' : ''}`, 'latin1')
      const whole = parse([body])
      if (Array.isArray(whole)) found++
      for (const chunks of [bytesOf(body), cut(body, random, 3)])
        assert.deepEqual(parse(chunks), whole, JSON.stringify(body.toString('latin1')))
    }
    assert.ok(found > RUNS / 20, `${found}`)
  })

  it('reads a body whose chunks are released as soon as they are passed on', () => {
    let length = 0
    const parser = createPartParser('b', {
      onPart: () => {},
      onBytes: (bytes) => {
        length += bytes.length
        releaseBuffer(bytes)
      },
      onPartEnd: () => {},
    })
    parser.write(Buffer.from('--b\r\n\r\n'))
    for (let chunk = 0; chunk < 3; chunk++) parser.write(Buffer.alloc(20_000))
    parser.write(Buffer.from('\r\n--b--'))
    parser.end()
    assert.equal(length, 60_000)
  })

  it('finds every byte of random contents, which are full of beginnings of a delimiter', () => {
    const random = createSeededRandom(2)
    for (let run = 0; run < 200; run++) {
      const contents = Array.from({ length: random.integer(1, 4) }, () => {
        const starts = Array.from({ length: random.integer(0, 20) }, () =>
          random.pick(['\r\n--', '\r', '\r\n', '\r\n\r\n', '\r\n-', '\r\n--a', '--b', 'b']),
        )
        return `${starts.join('')}${randomBytes(random.integer(0, 3000)).toString('latin1')}`
      }).filter((content) => !`\r\n${content}`.includes('\r\n--b'))
      const parts = contents.map((content) => `--b\r\nname: value\r\n\r\n${content}\r\n`)
      const body = Buffer.from(`${parts.join('')}--b--\r\n`, 'latin1')
      const expected = contents.map((text) => ({ headers: { name: ['value'] }, text }))
      assert.deepEqual(parse([body]), expected)
      assert.deepEqual(parse(cut(body, random, 40)), expected)
    }
  })

  for (const [length, byte] of [
    [1, 'b'],
    [70, '-'],
    [252, '\xe9'],
  ] as const) {
    it(`finds parts with a boundary of ${length} times ${byte}`, () => {
      const boundary = byte.repeat(length)
      const body = Buffer.from(
        `--${boundary}\r\n\r\nx\r\n--${boundary.slice(1)}!\r\n--${boundary}--`,
        'latin1',
      )
      for (const chunks of [[body], bytesOf(body)])
        assert.deepEqual(parse(chunks, boundary), [{ headers: {}, text: `x\r\n--${boundary.slice(1)}!` }])
    })
  }
})
