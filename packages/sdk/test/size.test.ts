import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type OutputChunk, rolldown } from 'rolldown'

const MAX_GZIPPED_BYTES = 15_000

async function bundle(): Promise<readonly OutputChunk[]> {
  const input = fileURLToPath(new URL('../src/waybill.ts', import.meta.url))
  const build = await rolldown({ input, platform: 'browser', tsconfig: false })
  const { output } = await build.generate({ format: 'esm', minify: true })
  await build.close()
  return output.flatMap((one) => (one.type === 'chunk' ? [one] : []))
}

/** Returns the chunks that a page loads with these ones. */
function loadedWith(all: readonly OutputChunk[], names: readonly string[]): ReadonlySet<OutputChunk> {
  const found = all.filter(({ fileName }) => names.includes(fileName))
  // Code for Node would import its modules, which are no chunks.
  assert.equal(found.length, names.length, names.join())
  return new Set(found.flatMap((one) => [one, ...loadedWith(all, one.imports)]))
}

const bytesOf = (chunks: Iterable<OutputChunk>) =>
  [...chunks].reduce((sum, { code }) => sum + gzipSync(code).length, 0)

describe('the client library in a page', () => {
  it(`has at most ${MAX_GZIPPED_BYTES} bytes at the start, minified and compressed`, async (t) => {
    const all = await bundle()
    const entry = all.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName)
    const start = loadedWith(all, entry)
    const later = all.filter((chunk) => !start.has(chunk))
    t.diagnostic(`${bytesOf(start)} bytes, and ${bytesOf(later)} later`)
    assert.ok(bytesOf(start) <= MAX_GZIPPED_BYTES, `${bytesOf(start)} bytes`)
    // The code of parallel uploads is loaded with the first one.
    assert.deepEqual(
      later.map(({ name }) => name),
      ['upload-parts'],
    )
    assert.ok(
      loadedWith(
        all,
        later.map(({ fileName }) => fileName),
      ).size > 0,
    )
  })
})
