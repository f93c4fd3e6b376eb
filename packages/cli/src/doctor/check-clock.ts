import type { ClockMark } from '@waybill/server/database/records/installation.ts'
import { CLOCK_TOLERANCE_MS } from '@waybill/server/operations/installation/installation-clock.ts'
import { failed, ok, type Seen, warning } from './finding.ts'

const OFF_MS = 5_000
const FAR_OFF_MS = 5 * 60_000

/** Where else the time can be asked; null where it says none. */
export interface OtherClock {
  readonly name: string
  timeMs(): Promise<number | null>
}

/** Compares this machine's clock with each of the others: download URLs and sessions end by it. */
export async function checkClock(others: readonly OtherClock[]): Promise<Seen[]> {
  const seen: Seen[] = []
  for (const { name, timeMs } of others) {
    const beginMs = Date.now()
    const otherMs = await timeMs().catch(() => null)
    // Read somewhere between the question and its answer.
    const hereMs = (beginMs + Date.now()) / 2
    if (otherMs !== null) seen.push(compareClocks(name, hereMs, otherMs))
  }
  if (seen.length > 0) return seen
  return [
    ok('There is no other clock to compare this one with; with --url it is compared with that server’s.'),
  ]
}

export function compareClocks(name: string, hereMs: number, otherMs: number): Seen {
  const offMs = Math.abs(hereMs - otherMs)
  const offSeconds = (offMs / 1000).toFixed(0)
  if (offMs <= OFF_MS) return ok(`The clock agrees with that of ${name}.`)
  const make = offMs > FAR_OFF_MS ? failed : warning
  return make(
    'clock-differs',
    `The clocks of this machine and of ${name} are ${offSeconds} seconds apart: URLs end too early or too late. Run a time service (systemd-timesyncd or chrony) on both.`,
  )
}

/** Compares this machine's clock with the latest time that the installation has recorded. */
export function checkInstallationTime(mark: ClockMark | null, hereMs: number): Seen[] {
  const behindMs = (mark?.latestMs ?? hereMs) - hereMs
  if (behindMs <= CLOCK_TOLERANCE_MS) return []
  const behind = `${Math.round(behindMs / 1000)} seconds`
  return [
    failed(
      'clock-went-back',
      `The clock of this machine is ${behind} behind a time that the installation has seen. Set the clock. If it is correct now and was wrong before, run "waybill clock reset".`,
    ),
  ]
}

/** The clock of whoever answers at the URL, by its `Date` header, which counts whole seconds. */
export function clockOfUrl(url: string): OtherClock {
  return {
    name: url,
    timeMs: async () => {
      const { headers } = await fetch(url, {
        method: 'HEAD',
        redirect: 'manual',
        signal: AbortSignal.timeout(10_000),
      })
      const time = Date.parse(headers.get('date') ?? '')
      return Number.isNaN(time) ? null : time + 500
    },
  }
}
