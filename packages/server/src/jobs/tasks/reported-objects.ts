import type { Finding } from './finding.ts'

/** How many are named. */
const NAMED = 5

/** What is only reported, and may be any number: one finding of each kind, with the number and the first names. */
export interface ReportedObjects {
  add(finding: Finding): void
  findings(): Finding[]
}

export function createReportedObjects(): ReportedObjects {
  const groups = new Map<
    Finding['kind'],
    { readonly first: Finding; readonly names: string[]; count: number }
  >()
  return {
    add: (finding) => {
      const group = groups.get(finding.kind) ?? { first: finding, names: [], count: 0 }
      group.count++
      if (group.names.length < NAMED) group.names.push(finding.name)
      groups.set(finding.kind, group)
    },
    findings: () =>
      [...groups.values()].map(({ first, names, count }) => {
        if (count === 1) return first
        const others = names.slice(1).map((name) => JSON.stringify(name))
        const reason = `${first.reason}; so are ${count - 1} more, the first: ${others.join(', ')}`
        return { ...first, reason }
      }),
  }
}
