import type { Measured } from '../result.ts'
import type { BarKind } from './bar-chart.ts'

/** Contestants that show limits of the machine, in addition to those named "… alone". */
const LIMITS: readonly string[] = ['C loop', 'empty JSON route']

/** Returns the kind of a contestant: Waybill, a peer, or a limit that no server can exceed. */
export function contestantKind({ name }: Measured, all: readonly Measured[]): BarKind {
  if (LIMITS.includes(name) || /\balone\b/.test(name)) return 'limit'
  // A benchmark without a peer names its rows by the request, so all of them are Waybill's.
  const namesWaybill = all.some((one) => isWaybill(one.name))
  return isWaybill(name) || !namesWaybill ? 'ours' : 'theirs'
}

function isWaybill(name: string): boolean {
  return name.startsWith('Waybill')
}
