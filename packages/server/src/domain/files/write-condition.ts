/** Condition of a write on the current File of its key. */
export interface WriteCondition {
  readonly ifMatch: EtagCondition | null
  readonly ifNoneMatch: EtagCondition | null
}

/** Entity tags without their quotes, or any tag. */
export type EtagCondition = '*' | readonly string[]

export const NO_CONDITION: WriteCondition = { ifMatch: null, ifNoneMatch: null }

/** Outcome of the conditions of a write. `missing`: If-Match of a key that has no File. */
export type WriteOutcome = 'proceed' | 'failed' | 'missing'

/** Evaluates the condition on the entity tag of the current File, without quotes; null for no File. */
export function evaluateWrite({ ifMatch, ifNoneMatch }: WriteCondition, etag: string | null): WriteOutcome {
  if (ifMatch !== null) {
    if (etag === null) return 'missing'
    if (!matchesEtag(ifMatch, etag)) return 'failed'
  }
  return ifNoneMatch !== null && etag !== null && matchesEtag(ifNoneMatch, etag) ? 'failed' : 'proceed'
}

export function matchesEtag(condition: EtagCondition, etag: string): boolean {
  return condition === '*' || condition.includes(etag)
}
