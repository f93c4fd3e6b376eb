import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const THIS_CHECKOUT = fileURLToPath(new URL('..', import.meta.url))

/** Path of a file in the checkout of Waybill that is measured: BENCH_CHECKOUT, or this one. */
export function inCheckout(path: string): string {
  return join(process.env.BENCH_CHECKOUT ?? THIS_CHECKOUT, path)
}
