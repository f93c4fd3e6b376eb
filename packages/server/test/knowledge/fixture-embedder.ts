import { createHash } from 'node:crypto'
import type { Embedder } from '../../src/knowledge/embedder.ts'

const DIMENSIONS = 256

/**
 * Creates an embedder without a model: each group of three letters adds to one dimension. Texts with the same letters are
 * near, whatever they mean: a weak embedder, and the same on every machine.
 */
export function createFixtureEmbedder(): Embedder {
  const places = new Map<string, readonly [dimension: number, sign: number]>()
  const placeOf = (letters: string) => {
    const known = places.get(letters)
    if (known) return known
    const [first = 0, second = 0] = createHash('sha256').update(letters).digest()
    const place = [first, second % 2 === 0 ? 1 : -1] as const
    places.set(letters, place)
    return place
  }
  const embedOne = (text: string): Float32Array => {
    const vector = new Float32Array(DIMENSIONS)
    const letters = ` ${text.toLowerCase()} `.replace(/[^\p{L}\p{N}]+/gu, ' ')
    for (let at = 0; at + 3 <= letters.length; at++) {
      const [dimension, sign] = placeOf(letters.slice(at, at + 3))
      vector[dimension] = (vector[dimension] as number) + sign
    }
    const length = Math.hypot(...vector)
    return length === 0 ? vector.fill(1 / Math.sqrt(DIMENSIONS)) : vector.map((value) => value / length)
  }
  return { model: 'fixture', embed: async (texts) => texts.map(embedOne) }
}
