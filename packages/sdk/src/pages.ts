/** Every item of a list, whose pages are fetched as they are needed; `pages()` has them one by one. */
export interface Listed<Item, Page> extends AsyncIterable<Item> {
  pages(): AsyncIterable<Page>
}

/**
 * A list of the pages that `fetchPage` answers with, the first for `first`; `nextOf` says what to ask for after a page, null
 * after the last.
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
