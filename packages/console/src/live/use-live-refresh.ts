import type { WaybillEvent } from '@waybill/sdk'
import { useEffect } from 'react'
import { createThrottle } from '../parts/throttle.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'

const EVERY_MS = 1000

/**
 * Calls `refresh` after events that concern the page, at most once a second and one call after the other; also when
 * anything may have changed. Both functions must stay the same between renders.
 */
export function useLiveRefresh(concerns: (event: WaybillEvent) => boolean, refresh: () => unknown): void {
  const { live } = useWorkspace()
  useEffect(() => {
    const throttle = createThrottle(refresh, EVERY_MS)
    const unsubscribe = live.subscribe((events) => {
      if (events === null || events.some(concerns)) throttle.request()
    })
    return () => {
      unsubscribe()
      throttle.stop()
    }
  }, [live, concerns, refresh])
}

/** Returns a test for events of one of the types. */
export const isOneOf =
  (...types: readonly WaybillEvent['type'][]) =>
  ({ type }: WaybillEvent): boolean =>
    types.includes(type)
