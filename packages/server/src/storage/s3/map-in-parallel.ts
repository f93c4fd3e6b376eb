/**
 * Returns the results of `work` in the order of the items, with at most `limit` items at a time. After an error, which is
 * that of the result, no further item begins.
 */
export async function mapInParallel<Item, Result>(
  limit: number,
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const waiting = items.entries()
  let hasFailed = false
  const run = async () => {
    for (const [index, item] of waiting) {
      if (hasFailed) return
      results[index] = await work(item, index).catch((error: unknown) => {
        hasFailed = true
        throw error
      })
    }
  }
  await Promise.all(Array.from({ length: limit }, run))
  return results
}
