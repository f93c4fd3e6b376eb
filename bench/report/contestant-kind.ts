import type { Measured } from '../result.ts'
import type { BarKind } from './bar-chart.ts'

/** What is there to show how far one could get, beside those that are named «… alone». */
const LIMITS: readonly string[] = ['C loop', 'empty JSON route']

/** Whether this contestant of a work is Waybill, a peer, or a limit: something that no such server could pass. */
export function contestantKind({ name }: Measured, all: readonly Measured[]): BarKind {
  if (LIMITS.includes(name) || /\balone\b/.test(name)) return 'limit'
  // A work without a peer names its rows by what was asked of Waybill, so all of them are Waybill's.
  const namesWaybill = all.some((one) => isWaybill(one.name))
  return isWaybill(name) || !namesWaybill ? 'ours' : 'theirs'
}

function isWaybill(name: string): boolean {
  return name.startsWith('Waybill')
}
