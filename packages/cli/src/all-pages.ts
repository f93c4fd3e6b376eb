import type { Page, PageRequest } from '@waybill/server/database/database.ts'

const PAGE_ENTRIES = 100

/** Every entry of a list that is ordered by time of creation, read page by page. */
export async function allPages<T extends { readonly id: string; readonly createdAtMs: number }>(
  list: (page: PageRequest) => Promise<Page<T>>,
): Promise<T[]> {
  const entries: T[] = []
  let after: PageRequest['after'] = null
  while (true) {
    const page = await list({ limit: PAGE_ENTRIES, skip: 0, after })
    entries.push(...page.items)
    const last = page.items.at(-1)
    if (!page.hasMore || !last) return entries
    after = { timeMs: last.createdAtMs, id: last.id }
  }
}
