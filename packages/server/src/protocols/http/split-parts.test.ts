import assert from 'node:assert/strict'
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

/** Returns the parts that the parser of streams finds; null when it refuses the body. */
async function parse(body: Buffer) {
  const parts = []
  try {
    for await (const { headers, body: bytes } of readParts(
      Readable.from([body], { objectMode: false }),
      'b',
    )) {
      parts.push({ headers, bytes: await buffer(bytes) })
    }
  } catch {
    return null
  }
  return parts
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
      assert.deepEqual(parts, await parse(body), JSON.stringify(body.toString('latin1')))
    }
    assert.ok(found > RUNS / 20, `${found}`)
  })
})
