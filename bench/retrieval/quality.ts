/** Ranks that count for nDCG@10. */
const NDCG_RANKS = 10

/** Returns nDCG@10 of a ranking: 1 when the best documents come first in the order of their grades. */
export function ndcg(ranking: readonly string[], relevant: ReadonlyMap<string, number>): number {
  const ideal = [...relevant.values()].sort((one, other) => other - one)
  return gainOf(ranking.map((id) => relevant.get(id) ?? 0)) / gainOf(ideal)
}

function gainOf(grades: readonly number[]): number {
  return grades.slice(0, NDCG_RANKS).reduce((sum, grade, rank) => sum + grade / Math.log2(rank + 2), 0)
}

/** Returns the share of the relevant documents that the ranking contains. */
export function recall(ranking: readonly string[], relevant: ReadonlyMap<string, number>): number {
  return ranking.filter((id) => relevant.has(id)).length / relevant.size
}
