import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Size up to which V8's young generation may grow. */
const YOUNG_GENERATION_BYTES = 8 * 1024 * 1024

/**
 * Limits V8's young generation. Many slow connections would let it grow to 32 MiB without any benefit, because their
 * objects live too long for it. V8 reads its own limit only at its start, and the growth factor before each growth, which
 * is at the end of a garbage collection. So the size is checked after each one. In idle times V8 shrinks the young
 * generation to 2 MiB. It must then be able to grow again: with 2 MiB, the garbage collector runs ten times as often, and
 * a list of files takes 1.2 times the processor time.
 */
export function limitYoungGeneration(): void {
  let mayGrow = true
  const check = () => {
    const { space_size: bytes = 0 } =
      getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space') ?? {}
    if (mayGrow === bytes < YOUNG_GENERATION_BYTES) return
    mayGrow = !mayGrow
    setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`)
  }
  check()
  new PerformanceObserver(check).observe({ entryTypes: ['gc'] })
}
