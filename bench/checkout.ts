import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const THIS_CHECKOUT = fileURLToPath(new URL('..', import.meta.url))

/** Returns the path of a file in the measured checkout: BENCH_CHECKOUT, or this one. */
export function inCheckout(path: string): string {
  return join(process.env.BENCH_CHECKOUT ?? THIS_CHECKOUT, path)
}
