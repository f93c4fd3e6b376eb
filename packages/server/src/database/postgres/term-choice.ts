import type { Statements } from '../sql/statements.ts'

/** Age at which the shares are read again. */
const MAX_AGE_MS = 60_000
/** Terms that more files have than this many times those of the rarest term are left out at first. */
const MAX_COMMONER = 10
/** Terms that a larger share of all files has are left out even then, unless there is no other. */
const MAX_SHARE = 0.25

/** Shares of all files that have the most common terms, as the last ANALYZE found them. */
const SHARES = `SELECT one.term, one.share
  FROM pg_stats, unnest(most_common_elems::text::integer[], most_common_elem_freqs) AS one (term, share)
  WHERE schemaname = current_schema() AND tablename = 'file_terms' AND attname = 'terms' AND one.term IS NOT NULL`

/**
 * Creates the choice of terms for the index of PostgreSQL, which reads the whole list of each term, however few files have
 * the others: lists of common terms take longest, and rule out the fewest files. No term is left out before the first
 * ANALYZE. The shares are kept, because reading them takes longer than most look-ups.
 */
export function createTermChoice({
  all,
}: Pick<Statements, 'all'>): (terms: readonly number[]) => Promise<readonly (readonly number[])[]> {
  let shares: ReadonlyMap<number, number> = new Map()
  let shareOfOthers = 0
  let readAtMs = Number.NEGATIVE_INFINITY
  const read = async () => {
    readAtMs = performance.now()
    const rows = await all(SHARES)
    shares = new Map(rows.map(({ term, share }) => [Number(term), Number(share)]))
    shareOfOthers = rows.length === 0 ? 0 : Math.min(...shares.values())
  }
  const shareOf = (term: number) => shares.get(term) ?? shareOfOthers

  return async (terms) => {
    if (performance.now() - readAtMs > MAX_AGE_MS) await read()
    const most = Math.min(...terms.map(shareOf)) * MAX_COMMONER
    const rare = terms.filter((term) => shareOf(term) <= most)
    const lessRare = terms.filter((term) => shareOf(term) <= Math.max(most, MAX_SHARE))
    return lessRare.length > rare.length ? [rare, lessRare] : [rare]
  }
}
