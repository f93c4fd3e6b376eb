import type { SeededRandom } from '../seeded-random.ts'
import { type Call, FAULTS, type FaultPlan } from './with-faults.ts'

/** Distance between the calls at which faults are tried; 0 in the short mode. */
const EVERY = Number(process.env.IO_FAULT_EVERY ?? 0)

/**
 * Plans for faults at these calls, each both for one call and for all from that one on. The long mode tries every fault
 * at every `IO_FAULT_EVERY`th call. The short mode tries every fault of each kind of call at one call of that kind,
 * chosen at random.
 */
export function choosePlans(calls: readonly Call[], random: SeededRandom): FaultPlan[] {
  const positions = calls.map((call, index) => ({ call, at: index + 1 }))
  if (EVERY > 0) return positions.filter(({ at }) => at % EVERY === 0).flatMap(plansAt)
  const kinds = [...Map.groupBy(positions, ({ call }) => call).values()]
  return kinds.flatMap((kind) => plansAt(random.pick(kind)))
}

function plansAt({ call, at }: { readonly call: Call; readonly at: number }): FaultPlan[] {
  return FAULTS[call].flatMap((fault) => [false, true].map((persists) => ({ at, fault, persists })))
}
