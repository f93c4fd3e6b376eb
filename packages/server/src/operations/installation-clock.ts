import type { ClockMark, InstallationRecords } from '../database/database.ts'
import { ServiceError } from '../domain/errors.ts'
import type { Log } from './context.ts'

/** The time of the installation, which never goes back: not within a process, and not over a restart. */
export interface InstallationClock {
  now(): number
  /** Notes the time in the database, unless its disk is full, and takes over a later one that is noted there. */
  sync(): Promise<void>
}

export interface Clocks {
  /** Milliseconds since 1970 by the system, which may be set. */
  system(): number
  /** Milliseconds by a clock that only goes on. */
  monotonic(): number
}

type Records = Pick<InstallationRecords, 'clock' | 'noteTime'>

/**
 * A setback up to this is absorbed silently: time stands still until the system's clock has caught up. It is also the time
 * between two notes, and so the most that a restart may lose.
 */
export const CLOCK_TOLERANCE_MS = 60_000

const SYSTEM_CLOCKS: Clocks = { system: Date.now, monotonic: () => performance.now() }

/**
 * Returns the latest of the system's clock and of every time that was seen before. Where the system's clock is behind by
 * more than the tolerance, time goes on from the latest at its own pace, and the log says so once.
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
      'the clock of this machine is behind a time that the installation has seen: time goes on from there; see "waybill clock"',
    )
  }

  const note = async (resetsBefore: number): Promise<ClockMark> => {
    try {
      return await records.noteTime(now(), resetsBefore)
    } catch (err) {
      // Reads and deletes go on, so a server must start too.
      if (!(err instanceof ServiceError) || err.code !== 'STORAGE_FULL') throw err
      log.warn({ err }, 'the time could not be noted')
      return (await records.clock()) ?? { latestMs: now(), resets: resetsBefore }
    }
  }

  return {
    now,
    sync: async () => {
      const before = resets ?? (await records.clock())?.resets ?? 0
      const isFirst = resets === null
      const mark = await note(before)
      if (!isFirst && mark.resets !== resets) latestMs = system()
      resets = mark.resets
      latestMs = Math.max(latestMs, mark.latestMs)
      warnOnce()
    },
  }
}

/** Returns the installation's time for a command beside the servers, which notes nothing. */
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
