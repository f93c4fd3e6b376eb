/** Saturation of term frequencies, and weight of the length of a text: the usual values of BM25. */
const K1 = 1.2
const B = 0.75

/** Returns the weight of a term by the number of texts, of all `count`, that have it. */
export function termWeight(count: number, withTerm: number): number {
  return Math.log(1 + (count - withTerm + 0.5) / (withTerm + 0.5))
}

/** Returns what a term brings to the score of a text. Lengths are in terms. */
export function termScore(weight: number, frequency: number, length: number, averageLength: number): number {
  const norm = K1 * (1 - B + (B * length) / averageLength)
  return (weight * (K1 + 1) * frequency) / (frequency + norm)
}
