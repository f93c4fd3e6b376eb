// Measures the delay of the event loop of a server: `node --import` loads this into the measured process. SIGUSR2 appends
// a line of JSON with the p50 and p99 since the last signal, in milliseconds, to the file EVENT_LOOP_DELAY_FILE.
import { appendFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

const NANOSECONDS_PER_MS = 1e6
const path = process.env.EVENT_LOOP_DELAY_FILE

if (isMainThread && path !== undefined && process.argv[2] === 'serve') {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  process.on('SIGUSR2', () => {
    const [p50, p99] = [50, 99].map((share) => delay.percentile(share) / NANOSECONDS_PER_MS)
    appendFileSync(path, `${JSON.stringify({ p50, p99 })}\n`)
    delay.reset()
  })
}
