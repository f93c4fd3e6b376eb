/**
 * Returns the results of `work` in the order of the items, with at most `limit` items at a time. After an error no further
 * item begins, and the error is thrown when those that have begun have ended.
 */
export async function mapInParallel<Item, Result>(
  limit: number,
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const waiting = items.entries()
  let failure: { readonly error: unknown } | null = null
  const run = async () => {
    for (const [index, item] of waiting) {
      if (failure !== null) return
      try {
        results[index] = await work(item, index)
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: limit }, run))
  if (failure !== null) throw (failure as { readonly error: unknown }).error
  return results
}
