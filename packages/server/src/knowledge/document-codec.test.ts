import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import { createSeededRandom } from '../../test/seeded-random.ts'
import { decodePart, encodeDocument, MAX_PART_BYTES } from './document-codec.ts'
import type { IndexedChunk } from './search-index.ts'

const random = createSeededRandom(1)

function chunkOf(index: number, text: string, dimensions: number): IndexedChunk {
  const vector =
    dimensions === 0 ? null : Float32Array.from({ length: dimensions }, () => random.integer(-1e6, 1e6) / 1e6)
  const place = {
    startOffset: index * 10,
    endOffset: index * 10 + text.length,
    page: index % 2 === 0 ? null : index,
  }
  return { index, text, context: 'A > B', tokenCount: 7, vector, ...place }
}

async function partsOf(
  chunks: readonly IndexedChunk[],
  language: string | null = 'en',
): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = []
  for await (const part of encodeDocument({ language, chunks })) parts.push(part)
  return parts
}

describe('the parts of a document', () => {
  const CASES: readonly [string, IndexedChunk[]][] = [
    ['text without vectors', [chunkOf(0, 'ünïcödé 👩🏽‍🚀 \u0000 "quotes" \ud83d', 0), chunkOf(1, '', 0)]],
    ['vectors', [chunkOf(0, 'one', 3), chunkOf(1, 'two', 3)]],
    ['chunks with long vectors', Array.from({ length: 200 }, (_, at) => chunkOf(at, 'text', 1_536))],
    [
      'random text',
      Array.from({ length: 500 }, (_, at) => chunkOf(at, random.bytes(1_500).toString('base64'), 0)),
    ],
  ]
  for (const [name, chunks] of CASES) {
    it(`give it back: ${name}`, async () => {
      const parts = await partsOf(chunks)
      assert.ok(parts.every(({ byteLength }) => byteLength <= MAX_PART_BYTES))
      const decoded = parts.map(decodePart)
      assert.deepEqual(
        decoded.flatMap((part) => part.chunks),
        chunks,
      )
      assert.ok(decoded.every(({ language }) => language === 'en'))
    })
  }

  it('are one for a document without chunks', async () => {
    const parts = await partsOf([], null)
    assert.deepEqual(parts.map(decodePart), [{ language: null, chunks: [] }])
  })

  const DAMAGED: readonly [string, (part: Uint8Array) => Uint8Array][] = [
    ['cut', (part) => part.subarray(0, part.length - 5)],
    ['changed', (part) => part.map((byte, at) => (at === 20 ? byte ^ 0xff : byte))],
    ['empty', () => new Uint8Array()],
    ['too large when it is unpacked', () => zstdCompressSync(Buffer.alloc(64 * 1024 * 1024))],
    ['of a newer format', () => zstdCompressSync(Buffer.from('\u0011\0\0\0{"format":99,    }'))],
  ]
  for (const [name, damage] of DAMAGED) {
    it(`are refused when one is ${name}`, async () => {
      const [part] = await partsOf([chunkOf(0, 'text', 3)])
      assert.ok(part)
      assert.throws(() => decodePart(damage(part)), { code: 'INTERNAL_ERROR' })
    })
  }
})
