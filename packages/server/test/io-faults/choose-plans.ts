import { extname } from 'node:path'
import type { SeededRandom } from '../seeded-random.ts'
import { type Called, FAULTS, type FaultPlan } from './with-faults.ts'

/** Distance between the calls at which faults are tried; 0 in the short mode. */
const EVERY = Number(process.env.IO_FAULT_EVERY ?? 0)

/**
 * Plans for faults at these calls, each both for one call and for all from that one on. The long mode tries every fault
 * at every `IO_FAULT_EVERY`th call. The short mode tries every fault of each kind of call at one call of that kind,
 * chosen at random; syncs are of several kinds, by what they make durable.
 */
export function choosePlans(calls: readonly Called[], random: SeededRandom): FaultPlan[] {
  const positions = calls.map((called, index) => ({ ...called, at: index + 1 }))
  if (EVERY > 0) return positions.filter(({ at }) => at % EVERY === 0).flatMap(plansAt)
  const kinds = [...Map.groupBy(positions, kindOf).values()]
  return kinds.flatMap((kind) => plansAt(random.pick(kind)))
}

function kindOf({ call, path }: Called): string {
  return call.endsWith('sync') ? `${call} ${extname(path)}` : call
}

function plansAt({ call, at }: Called & { readonly at: number }): FaultPlan[] {
  return FAULTS[call].flatMap((fault) => [false, true].map((persists) => ({ at, fault, persists })))
}
