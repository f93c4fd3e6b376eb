import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import test from 'node:test'
import fc from 'fast-check'
import { type ChunkedBodyOptions, type ChunkSigning, createChunkedBody } from './chunked-body.ts'
import { deriveSigningKey, hmac } from './signing-keys.ts'

const TIMESTAMP = '20130524T000000Z'
const SCOPE = '20130524/us-east-1/s3/aws4_request'
const signingKey = deriveSigningKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', {
  date: '20130524',
  region: 'us-east-1',
})
const CONTENT = Buffer.alloc(66_560, 'a')

/** Example of AWS's documentation "Signature calculations: transferring payload in multiple chunks". */
const SIGNED = {
  seedSignature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  signatures: [
    'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
    '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
    'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
  ],
  trailer: '',
}
/** The same content with a trailing checksum, from the page "Including trailing headers". */
const SIGNED_WITH_TRAILER = {
  seedSignature: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
  signatures: [
    'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
    '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
    '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
  ],
  trailer:
    'x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n',
}

function exampleBody({ signatures, trailer }: typeof SIGNED): Buffer {
  const [first, second, last] = signatures
  return Buffer.concat([
    Buffer.from(`10000;chunk-signature=${first}\r\n`),
    CONTENT.subarray(0, 65_536),
    Buffer.from(`\r\n400;chunk-signature=${second}\r\n`),
    CONTENT.subarray(65_536),
    Buffer.from(`\r\n0;chunk-signature=${last}\r\n${trailer}\r\n`),
  ])
}

function exampleOptions({ seedSignature, trailer }: typeof SIGNED): ChunkedBodyOptions {
  return {
    signing: { signingKey, timestamp: TIMESTAMP, scope: SCOPE, seedSignature },
    hasTrailer: trailer !== '',
    trailerName: trailer === '' ? null : 'x-amz-checksum-crc32c',
    decodedBytes: CONTENT.length,
  }
}

const UNSIGNED: ChunkedBodyOptions = {
  signing: null,
  hasTrailer: true,
  trailerName: 'x-amz-checksum-crc32',
  decodedBytes: 5,
}

interface Decoded {
  readonly content: Buffer | null
  readonly code: string | null
  readonly trailer: string | null
}

async function decode(pieces: readonly Buffer[], options: ChunkedBodyOptions): Promise<Decoded> {
  const body = createChunkedBody(options)
  const received: Buffer[] = []
  try {
    await pipeline(Readable.from(pieces), body.stream, async (content: AsyncIterable<Buffer>) => {
      for await (const piece of content) received.push(piece)
    })
  } catch (error) {
    assert.ok(body.problem(), String(error))
  }
  const code = body.problem()?.code ?? null
  return { content: code === null ? Buffer.concat(received) : null, code, trailer: body.trailer() }
}

function split(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  let position = 0
  for (let index = 0; position < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? bytes.length
    pieces.push(bytes.subarray(position, position + size))
    position += size
  }
  return pieces
}

for (const [name, example] of [
  ['signed chunks', SIGNED],
  ['signed chunks with a trailer', SIGNED_WITH_TRAILER],
] as const) {
  test(`the published example of ${name} is read, whatever the pieces in which it arrives`, async () => {
    const body = exampleBody(example)
    for (const sizes of [[body.length], [1000], [7, 65_536], [1, 2, 3, 8191]]) {
      const decoded = await decode(split(body, sizes), exampleOptions(example))
      assert.equal(decoded.code, null)
      assert.ok(decoded.content?.equals(CONTENT))
    }
  })

  test(`no changed byte of ${name} changes the content`, async () => {
    const body = exampleBody(example)
    const positions = fc.integer({ min: 0, max: body.length - 1 })
    await fc.assert(
      fc.asyncProperty(positions, fc.integer({ min: 1, max: 255 }), async (position, difference) => {
        const changed = Buffer.from(body)
        changed.writeUInt8(body.readUInt8(position) ^ difference, position)
        const decoded = await decode([changed], exampleOptions(example))
        assert.ok(decoded.content === null || decoded.content.equals(CONTENT), `byte ${position}`)
      }),
      { numRuns: 200 },
    )
  })

  test(`${name} that stop early are incomplete`, async () => {
    const body = exampleBody(example)
    for (const bytes of [0, 10, 200, 66_000, body.length - 1]) {
      const { code } = await decode([body.subarray(0, bytes)], exampleOptions(example))
      assert.equal(code, 'IncompleteBody', `${bytes} bytes`)
    }
  })
}

const TRAILER = 'x-amz-checksum-crc32:AAAAAA==\r\n'
const BODIES: readonly [name: string, body: string, code: string | null][] = [
  ['chunks without signatures', `5\r\nhello\r\n0\r\n${TRAILER}\r\n`, null],
  ['a trailer that ends with LF', '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\n\r\n\r\n', null],
  ['no trailer', '5\r\nhello\r\n0\r\n\r\n', 'MalformedTrailerError'],
  ['another trailer', '5\r\nhello\r\n0\r\nx-amz-checksum-sha1:AA\r\n\r\n', 'MalformedTrailerError'],
  ['two trailers', `5\r\nhello\r\n0\r\n${TRAILER}${TRAILER}\r\n`, 'MalformedTrailerError'],
  ['fewer bytes than announced', `4\r\nhell\r\n0\r\n${TRAILER}\r\n`, 'IncompleteBody'],
  ['more bytes than announced', `6\r\nhello!\r\n0\r\n${TRAILER}\r\n`, 'IncompleteBody'],
  ['a small chunk before the last', `1\r\nh\r\n4\r\nello\r\n0\r\n${TRAILER}\r\n`, 'InvalidChunkSizeError'],
  ['a chunk without its end', `5\r\nhello0\r\n${TRAILER}\r\n`, 'InvalidRequest'],
  ['a size that is no hex', `x\r\nhello\r\n0\r\n${TRAILER}\r\n`, 'InvalidRequest'],
  ['a line without CR', `5\nhello\r\n0\r\n${TRAILER}\r\n`, 'InvalidRequest'],
  ['an endless line', '0'.repeat(2000), 'InvalidRequest'],
  ['bytes after the end', `5\r\nhello\r\n0\r\n${TRAILER}\r\nmore`, 'InvalidRequest'],
]

for (const [name, body, code] of BODIES) {
  test(`a body with ${name} is ${code ?? 'accepted'}`, async () => {
    for (const sizes of [[body.length], [1]]) {
      const decoded = await decode(split(Buffer.from(body), sizes), UNSIGNED)
      assert.equal(decoded.code, code)
      if (code === null) assert.deepEqual([String(decoded.content), decoded.trailer], ['hello', 'AAAAAA=='])
    }
  })
}

test('what a client signs and frames in chunks of any size is read', async () => {
  const sizes = fc.array(fc.integer({ min: 8192, max: 40_000 }), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(
      sizes,
      fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1 }),
      async (sizes, pieces) => {
        const chunks = sizes.map((size) => Buffer.alloc(size, size))
        const signing = { signingKey, timestamp: TIMESTAMP, scope: SCOPE, seedSignature: '0'.repeat(64) }
        const content = Buffer.concat(chunks)
        const options = { signing, hasTrailer: false, trailerName: null, decodedBytes: content.length }
        const decoded = await decode(split(frame(chunks, signing), pieces), options)
        assert.equal(decoded.code, null)
        assert.ok(decoded.content?.equals(content))
      },
    ),
    { numRuns: 30 },
  )
})

function frame(chunks: readonly Buffer[], { timestamp, scope, seedSignature }: ChunkSigning): Buffer {
  let previous = seedSignature
  const framed = [...chunks, Buffer.alloc(0)].map((chunk) => {
    const hashes = [sha256(Buffer.alloc(0)), sha256(chunk)]
    const text = ['AWS4-HMAC-SHA256-PAYLOAD', timestamp, scope, previous, ...hashes].join('\n')
    previous = hmac(signingKey, text).toString('hex')
    const header = Buffer.from(`${chunk.length.toString(16)};chunk-signature=${previous}\r\n`)
    return Buffer.concat([header, chunk, Buffer.from('\r\n')])
  })
  return Buffer.concat(framed)
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
