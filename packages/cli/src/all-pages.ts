import type { Page } from '@waybill/server/domain/page.ts'
import type { ListInput } from '@waybill/server/operations/page-request.ts'

const PAGE_ENTRIES = 100

/** Reads a list page by page. Returns at most `maxEntries` entries that follow the cursor `after`. */
export async function allPages<T extends { readonly id: string }>(
  list: (page: ListInput) => Promise<Page<T>>,
  {
    after = null,
    maxEntries = Number.POSITIVE_INFINITY,
  }: { after?: string | null; maxEntries?: number } = {},
): Promise<T[]> {
  const entries: T[] = []
  for (let cursor = after; ; ) {
    const limit = Math.min(PAGE_ENTRIES, maxEntries - entries.length)
    const page = await list({ page: 1, limit, after: cursor })
    entries.push(...page.items)
    const last = page.items.at(-1)
    if (!page.hasMore || !last || entries.length >= maxEntries) return entries
    cursor = last.id
  }
}
