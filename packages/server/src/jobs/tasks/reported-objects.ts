import type { Finding } from './finding.ts'

const MAX_NAMES = 5

/**
 * Summary of reported findings, whose number is unlimited: one finding of each kind, with the number of all and the
 * first names.
 */
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
      if (group.names.length < MAX_NAMES) group.names.push(finding.name)
      groups.set(finding.kind, group)
    },
    findings: () =>
      [...groups.values()].map(({ first, names, count }) => {
        if (count === 1) return first
        const others = names.slice(1).map((name) => JSON.stringify(name))
        const reason = `${first.reason}; the same applies to ${count - 1} more, for example ${others.join(', ')}`
        return { ...first, reason }
      }),
  }
}
