import { extname } from 'node:path'
import type { SeededRandom } from '../seeded-random.ts'
import { type Called, FAULTS, type FaultPlan } from './with-faults.ts'

/** Distance between the calls at which faults are tried; 0 in the short mode. */
const EVERY = Number(process.env.IO_FAULT_EVERY ?? 0)

/**
 * Chooses plans for faults at these calls, each for one call and for all calls from it on. The long mode tries every
 * fault at every `IO_FAULT_EVERY`th call. The short mode tries every fault of each kind of call at one random call of
 * that kind. Syncs have a kind for each thing that they make durable, and two of each kind are chosen, because their
 * faults show only after a power cut.
 */
export function choosePlans(calls: readonly Called[], random: SeededRandom): FaultPlan[] {
  const positions = calls.map((called, index) => ({ ...called, at: index + 1 }))
  if (EVERY > 0) return positions.filter(({ at }) => at % EVERY === 0).flatMap(plansAt)
  return [...Map.groupBy(positions, kindOf).values()].flatMap((kind) => {
    const chosen = new Set([random.pick(kind)])
    if (kind.some(isSync)) chosen.add(random.pick(kind))
    return [...chosen].flatMap(plansAt)
  })
}

function kindOf(called: Called): string {
  return isSync(called) ? `${called.call} ${extname(called.path)}` : called.call
}

function isSync({ call }: Called): boolean {
  return call === 'file.datasync' || call === 'file.sync'
}

function plansAt({ call, at }: Called & { readonly at: number }): FaultPlan[] {
  return FAULTS[call].flatMap((fault) => [false, true].map((persists) => ({ at, fault, persists })))
}
