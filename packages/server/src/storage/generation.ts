let lastGeneration = 0n

/**
 * Returns the generation of a new object: microseconds since 1970 as a decimal number, as in Google Cloud Storage.
 * It is greater than every generation that this process has returned before.
 */
export function createGeneration(): { readonly generation: string; readonly createdAtMs: number } {
  const createdAtMs = Date.now()
  const generation = BigInt(createdAtMs) * 1000n
  lastGeneration = generation > lastGeneration ? generation : lastGeneration + 1n
  return { generation: lastGeneration.toString(), createdAtMs }
}
