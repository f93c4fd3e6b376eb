import type { ClockMark } from '@waybill/server/database/records/installation.ts'
import { CLOCK_TOLERANCE_MS } from '@waybill/server/operations/installation/installation-clock.ts'
import { type CheckResult, failed, ok, warning } from './finding.ts'

const OFF_MS = 5_000
const FAR_OFF_MS = 5 * 60_000

/** Another source of the time. `timeMs` resolves to null when the source does not provide a time. */
export interface OtherClock {
  readonly name: string
  timeMs(): Promise<number | null>
}

/** Compares this machine's clock with the other clocks. Download URLs and sessions expire by this machine's clock. */
export async function checkClock(others: readonly OtherClock[]): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const { name, timeMs } of others) {
    const beginMs = Date.now()
    const otherMs = await timeMs().catch(() => null)
    // The other clock was read at some time between request and response.
    const hereMs = (beginMs + Date.now()) / 2
    if (otherMs !== null) results.push(compareClocks(name, hereMs, otherMs))
  }
  if (results.length > 0) return results
  return [
    ok(
      "The clock was not checked: there is no other clock to compare it with. Pass --url to compare it with that server's clock.",
    ),
  ]
}

export function compareClocks(name: string, hereMs: number, otherMs: number): CheckResult {
  const offMs = Math.abs(hereMs - otherMs)
  const offSeconds = (offMs / 1000).toFixed(0)
  if (offMs <= OFF_MS) return ok(`The clock agrees with the clock of ${name}.`)
  const make = offMs > FAR_OFF_MS ? failed : warning
  return make(
    'clock-differs',
    `The clocks of this machine and of ${name} differ by ${offSeconds} seconds: URLs expire too early or too late. Run a time service (systemd-timesyncd or chrony) on both.`,
  )
}

/** Compares this machine's clock with the latest time that the installation has recorded. */
export function checkInstallationTime(mark: ClockMark | null, hereMs: number): CheckResult[] {
  const behindMs = (mark?.latestMs ?? hereMs) - hereMs
  if (behindMs <= CLOCK_TOLERANCE_MS) return []
  const behind = `${Math.round(behindMs / 1000)} seconds`
  return [
    failed(
      'clock-went-back',
      `The clock of this machine is ${behind} behind the latest time that the installation has recorded. Correct the clock. If the clock is correct now and was ahead before, run "waybill clock reset".`,
    ),
  ]
}

/** Returns the clock of the server at the URL, read from the `Date` header, which has a resolution of one second. */
export function urlClock(url: string): OtherClock {
  return {
    name: url,
    timeMs: async () => {
      const { headers } = await fetch(url, {
        method: 'HEAD',
        redirect: 'manual',
        signal: AbortSignal.timeout(10_000),
      })
      const time = Date.parse(headers.get('date') ?? '')
      // The header is rounded down, by half a second on average.
      return Number.isNaN(time) ? null : time + 500
    },
  }
}
