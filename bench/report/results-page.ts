import type { WorkResult } from '../result.ts'
export interface Results {
  readonly measuredAt: string
  readonly isQuick: boolean
  readonly machine: unknown
  readonly works: readonly WorkResult[]
}
export function resultsPage(results: Results): ReadonlyMap<string, string> {
  for (const w of results.works) {
    console.log(w.title)
    for (const m of w.measured)
      console.log('   ', m.name, m.median.toFixed(2), `(${m.min.toFixed(2)}–${m.max.toFixed(2)})`, w.unit)
    for (const g of w.goals) console.log('    goal', g.text, g.measured.toFixed(2), g.bound, g.needed)
  }
  return new Map()
}
