import { ServiceError } from '../domain/errors.ts'
import type { ModelServer } from './model-server.ts'

/** Wait that a refused client is told: an answer takes seconds, and the next slot may be free at once. */
const RETRY_AFTER_SECONDS = 1

/** Limits the answers of one organization that this process waits for at the same time. */
export function createModelSlots(limit: number): Pick<ModelServer, 'takeSlot' | 'slots'> {
  const taken = new Map<string, number>()
  let allTaken = 0
  let refused = 0
  const takeSlot = (organizationId: string) => {
    const count = taken.get(organizationId) ?? 0
    if (count >= limit) {
      refused++
      throw new ServiceError('RATE_LIMIT_EXCEEDED', `the organization has ${limit} answers in progress`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      })
    }
    taken.set(organizationId, count + 1)
    allTaken++
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      allTaken--
      const left = (taken.get(organizationId) ?? 1) - 1
      if (left === 0) taken.delete(organizationId)
      else taken.set(organizationId, left)
    }
  }
  return { takeSlot, slots: () => ({ taken: allTaken, refused }) }
}
