import type { ClockMark, InstallationRecords } from '../../database/records/installation.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Log } from '../log.ts'

/** Clock of the installation, which never goes back, neither in a process nor across restarts. */
export interface InstallationClock {
  now(): number
  /** Records the time in the database, unless its disk is full, and adopts a later one that is recorded there. */
  sync(): Promise<void>
}

export interface Clocks {
  /** Returns the system time in milliseconds since 1970; it may be changed. */
  system(): number
  /** Returns the milliseconds of a monotonic clock. */
  monotonic(): number
}

type Records = Pick<InstallationRecords, 'clock' | 'noteTime'>

/**
 * Tolerance for a system clock that is set back: within it, the time of the installation stands still until the system
 * clock has caught up. It is also the interval between two records, and so the most that a restart can lose.
 */
export const CLOCK_TOLERANCE_MS = 60_000

const SYSTEM_CLOCKS: Clocks = { system: Date.now, monotonic: () => performance.now() }

/**
 * Returns a clock that never falls behind the latest time seen before. When the system clock is behind by more than
 * the tolerance, time continues from the latest one with the monotonic clock, and one warning is logged.
 */
export function createInstallationClock(
  records: Records,
  log: Log,
  { system, monotonic }: Clocks = SYSTEM_CLOCKS,
): InstallationClock {
  let latestMs = system()
  let seenAtMs = monotonic()
  let resets: number | null = null
  let hasWarned = false

  const now = (): number => {
    const systemMs = system()
    const elapsedMs = monotonic() - seenAtMs
    seenAtMs += elapsedMs
    if (systemMs >= latestMs) {
      latestMs = systemMs
      hasWarned = false
    } else if (latestMs - systemMs > CLOCK_TOLERANCE_MS) {
      latestMs += elapsedMs
    }
    return Math.floor(latestMs)
  }

  const warnOnce = () => {
    const behindMs = now() - system()
    if (hasWarned || behindMs <= CLOCK_TOLERANCE_MS) return
    hasWarned = true
    log.warn(
      { behind_seconds: Math.round(behindMs / 1000), installation_time: new Date(now()).toISOString() },
      'the clock of this machine is behind the latest time of the installation, which continues from that time; see "waybill clock"',
    )
  }

  const record = async (resetsBefore: number): Promise<ClockMark> => {
    try {
      return await records.noteTime(now(), resetsBefore)
    } catch (err) {
      // Reads and deletes work on a full disk, so a server must start, too.
      if (!(err instanceof ServiceError) || err.code !== 'STORAGE_FULL') throw err
      log.warn({ err }, 'the time could not be recorded')
      return (await records.clock()) ?? { latestMs: now(), resets: resetsBefore }
    }
  }

  return {
    now,
    sync: async () => {
      const before = resets ?? (await records.clock())?.resets ?? 0
      const isFirst = resets === null
      const mark = await record(before)
      if (!isFirst && mark.resets !== resets) latestMs = system()
      resets = mark.resets
      latestMs = Math.max(latestMs, mark.latestMs)
      warnOnce()
    },
  }
}

/** Returns the installation's time for a command, without recording it. */
export async function readInstallationTime(
  records: Pick<InstallationRecords, 'clock'>,
): Promise<() => number> {
  const mark = await records.clock()
  const clock = createInstallationClock(
    { clock: async () => mark, noteTime: async () => mark ?? { latestMs: 0, resets: 0 } },
    { warn: () => {} },
  )
  await clock.sync()
  return clock.now
}
