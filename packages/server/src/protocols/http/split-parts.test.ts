import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { createSeededRandom } from '../../../test/seeded-random.ts'
import { readParts } from './read-parts.ts'
import { splitParts } from './split-parts.ts'

const LIMITS = { maxParts: 100, maxHeaders: 32, maxHeaderBytes: 8192 }
const RUNS = 3000
/** Pieces of which random bodies are made, so that most of them are nearly a form. */
const PIECES = [
  ...[
    '--b',
    '--b',
    '--b',
    '\r\n',
    '\r\n',
    '\r\n',
    '\r\n\r\n',
    '\r\n\r\n',
    '--',
    '-',
    '\r',
    '\n',
    ':',
    ' ',
    '\t',
    '',
  ],
  ...[
    'name: value',
    'name:value',
    'name:\tvalue ',
    'Name: other',
    '__proto__: x',
    ': none',
    ' folded',
    'bytes',
    'é',
  ],
] as const

const split = (text: string) => splitParts(Buffer.from(text), 'b', LIMITS)

type Source = Parameters<typeof readParts>[0]

const streamOf = (chunks: readonly Buffer[]) => Readable.from(chunks, { objectMode: false })

/** Returns a request whose body has arrived completely. */
function arrivedRequest(body: Buffer): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  request.push(body)
  request.push(null)
  request.complete = true
  return request
}

/** Returns the parts of a body; null when it is refused. */
async function parse(source: Source, boundary = 'b') {
  const parts = []
  try {
    for await (const { headers, body: bytes } of readParts(source, boundary)) {
      parts.push({ headers, bytes: await buffer(bytes) })
    }
  } catch {
    return null
  }
  return parts
}

/** Cuts the body at random places. */
function cut(body: Buffer, random: ReturnType<typeof createSeededRandom>): Buffer[] {
  const places = Array.from({ length: 3 }, () => random.integer(0, body.length)).sort((a, b) => a - b)
  return [0, ...places].map((from, index) => body.subarray(from, places[index] ?? body.length))
}

describe('splitParts', () => {
  it('finds the parts of a form, with the values of their headers as they were sent', () => {
    const form =
      '--b\r\nContent-Disposition: form-data; name="a"\r\nX:1\r\nx:  2 \r\n\r\none\r\n--\r\n--b\r\n\r\n\r\n--b--\r\nepilogue'
    const [first, second, ...others] = split(form) ?? []
    assert.deepEqual(
      { ...first?.headers },
      { 'content-disposition': ['form-data; name="a"'], x: ['1', ' 2 '] },
    )
    assert.equal(first?.bytes.toString(), 'one\r\n--')
    assert.deepEqual([{ ...second?.headers }, second?.bytes.length, others], [{}, 0, []])
  })

  for (const [what, form] of [
    ['a preamble', 'preamble\r\n--b\r\n\r\nx\r\n--b--'],
    ['no end', '--b\r\n\r\nx\r\n--b\r\n'],
    ['a folded header', '--b\r\na: b\r\n c\r\n\r\nx\r\n--b--'],
    ['a boundary in a head', '--b\r\na: b\r\n--b\r\n\r\nx\r\n--b--'],
    ['a boundary that continues', '--b\r\n\r\nx\r\n--bc\r\n--b--'],
    ['33 headers', `--b\r\n${'a: b\r\n'.repeat(33)}\r\nx\r\n--b--`],
    ['a long head', `--b\r\na: ${'b'.repeat(8200)}\r\n\r\nx\r\n--b--`],
    ['101 parts', `${'--b\r\n\r\nx\r\n'.repeat(101)}--b--`],
    ['no bytes', ''],
  ] as const) {
    it(`leaves a body with ${what} to the parser of streams`, () => {
      assert.equal(split(form), null)
    })
  }

  it('finds what the parser of streams finds, in random bodies', async () => {
    const random = createSeededRandom(1)
    let found = 0
    for (let run = 0; run < RUNS; run++) {
      const pieces = Array.from({ length: random.integer(1, 14) }, () => random.pick(PIECES))
      const body = Buffer.from(`--b\r\n${pieces.join('')}${run % 2 === 0 ? '\r\n--b--' : ''}`, 'latin1')
      const parts = splitParts(body, 'b', LIMITS)
      if (parts === null) continue
      found++
      for (const chunks of [[body], cut(body, random)])
        assert.deepEqual(await parse(streamOf(chunks)), parts, JSON.stringify(body.toString('latin1')))
    }
    assert.ok(found > RUNS / 20, `${found}`)
  })

  it('finds what the parser of streams finds, in bodies that are longer than its buffers', async () => {
    const random = createSeededRandom(2)
    for (let run = 0; run < 20; run++) {
      const contents = Array.from({ length: random.integer(1, 4) }, () =>
        randomBytes(random.integer(0, 24_000)),
      )
      const parts = contents.flatMap((bytes) => [
        Buffer.from('--b\r\nname: value\r\n\r\n'),
        bytes,
        Buffer.from('\r\n'),
      ])
      const body = Buffer.concat([...parts, Buffer.from('--b--\r\n')])
      const found = splitParts(body, 'b', LIMITS)
      assert.deepEqual(
        found?.map(({ bytes }) => bytes.toString('hex')),
        contents.map((bytes) => bytes.toString('hex')),
      )
      for (const chunks of [[body], cut(body, random)]) assert.deepEqual(await parse(streamOf(chunks)), found)
    }
  })
})

describe('a form that has arrived before it is read', () => {
  it('has the parts, or is refused, as one that arrives in pieces', async () => {
    const random = createSeededRandom(3)
    for (let run = 0; run < RUNS / 3; run++) {
      const pieces = Array.from({ length: random.integer(1, 14) }, () => random.pick(PIECES))
      const end = run % 2 === 0 ? '\r\n--b--' : ''
      const body = Buffer.from(
        `${run % 3 === 0 ? 'preamble\r\n' : ''}--b\r\n${pieces.join('')}${end}`,
        'latin1',
      )
      const parts = await parse(streamOf([body]))
      assert.deepEqual(await parse(arrivedRequest(body)), parts, JSON.stringify(body.toString('latin1')))
    }
  })

  it('has the parts of a long body that only the parser of streams reads', async () => {
    const bytes = randomBytes(60_000)
    const body = Buffer.concat([
      Buffer.from('preamble\r\n--b\r\nname: value\r\n\r\n'),
      bytes,
      Buffer.from('\r\n--b\r\n\r\nsecond\r\n--b--'),
    ])
    assert.equal(splitParts(body, 'b', LIMITS), null)
    const parts = await parse(arrivedRequest(body))
    assert.ok(bytes.equals(parts?.[0]?.bytes ?? Buffer.alloc(0)))
    assert.equal(parts?.[1]?.bytes.toString(), 'second')
    assert.deepEqual(await parse(streamOf([body])), parts)
  })

  for (const [length, count] of [
    [1, 1],
    [70, 1],
    [252, 1],
    [253, null],
    [300, null],
  ] as const) {
    it(`${count === null ? 'is refused' : 'is read'} with a boundary of ${length} bytes, as one in pieces`, async () => {
      const boundary = 'b'.repeat(length)
      const body = Buffer.from(`--${boundary}\r\n\r\nx\r\n--${boundary}--`)
      const random = createSeededRandom(length)
      for (const source of [arrivedRequest(body), streamOf([body]), streamOf(cut(body, random))])
        assert.equal((await parse(source, boundary))?.length ?? null, count)
    })
  }
})
