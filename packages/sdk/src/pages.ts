/** A list that fetches its pages on demand. Iterating it yields all items; `pages()` yields the pages. */
export interface Listed<Item, Page> extends AsyncIterable<Item> {
  pages(): AsyncIterable<Page>
}

/**
 * Creates a list. `fetchPage` fetches the page of a query, beginning with the query `first`. `nextOf` returns the
 * query of the next page, or null after the last page.
 */
export function listed<Item, Page, Query>(
  first: Query,
  fetchPage: (query: Query) => Promise<Page>,
  itemsOf: (page: Page) => readonly Item[],
  nextOf: (page: Page, query: Query) => Query | null,
): Listed<Item, Page> {
  async function* pages() {
    for (let query: Query | null = first; query !== null; ) {
      const page: Page = await fetchPage(query)
      yield page
      query = nextOf(page, query)
    }
  }
  async function* items() {
    for await (const page of pages()) yield* itemsOf(page)
  }
  return { pages, [Symbol.asyncIterator]: items }
}

/** Returns the query of the page at the cursor of this one; null after the last page. */
export function nextAfter<Query extends { readonly page?: unknown; readonly after?: string }>(
  { next_cursor }: { readonly next_cursor: string | null },
  { page: _, ...rest }: Query,
): Query | null {
  return next_cursor === null ? null : ({ ...rest, after: next_cursor } as Query)
}
