let lastGeneration = 0n

/**
 * The name of a new version of an object: microseconds since 1970 as a decimal number, as Google's are, and
 * greater than any that this process gave before.
 */
export function createGeneration(): { readonly generation: string; readonly createdAtMs: number } {
  const createdAtMs = Date.now()
  const generation = BigInt(createdAtMs) * 1000n
  lastGeneration = generation > lastGeneration ? generation : lastGeneration + 1n
  return { generation: lastGeneration.toString(), createdAtMs }
}
