import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../../database/database.ts'
import type { ScanLease } from '../../database/records/scans.ts'
import { signScan } from '../../domain/access/scan-token.ts'
import type { File } from '../../domain/files/file.ts'
import { type ObserveScan, type ScanVerdict, scanIdOf } from '../../domain/files/scan.ts'
import { type FileScanner, type GivenVerdict, SCAN_MS } from '../../scanner/file-scanner.ts'
import type { ObjectStorage } from '../../storage/object-storage.ts'
import type { DownloadSecret } from '../access/download-secret.ts'
import type { Log } from '../log.ts'
import { createScanTurns, type ScanTurns } from './scan-turns.ts'

/** Scans of files that no client can see yet. */
export interface Scans {
  /**
   * Returns the verdict on a stored file without a record. Several calls for the same file, in any process, wait for one
   * scan. `pending`: there is none within the time of the settings; the scan goes on. `unavailable`: the scanner failed,
   * and no file may pass then.
   */
  scan(file: File): Promise<ScanVerdict | { readonly kind: 'pending' | 'unavailable' }>
  /** Runs `work` when the scan that reads the object has ended. Returns false, and does nothing, when none reads it. */
  afterScan(objectName: string, work: () => Promise<void>): boolean
  /** Ends all scans without a verdict. */
  close(): Promise<void>
}

export interface ScansOptions {
  readonly database: Pick<Database, 'scans'>
  readonly storage: Pick<ObjectStorage, 'stat'>
  readonly scanner: FileScanner
  readonly downloadSecret: DownloadSecret
  /** Longest time that a call waits. */
  readonly waitMs: number
  /** True to let files pass when the scanner fails. */
  readonly failsOpen: boolean
  readonly observers: readonly ObserveScan[]
  readonly log: Log
  now(): number
}

/** Scans of this process at the same time, and those of one organization. */
const TURNS = { max: 8, maxPerOrganization: 6 }
/** Scans of this process, with those that wait for their turn. */
const MAX_SCANS = 200
/** Scans that an organization may have even if others have used up the maximum. */
const MIN_PER_ORGANIZATION = 8
/** Time after which another process begins the scan of a process that was killed. */
const LEASE_MS = 30_000
/** Interval at which a call asks for the verdict of a scan in another process. */
const POLL_MS = 250
/** Time for which a verdict holds. */
const REMEMBERED_MS = 60 * 60_000
/** Time for which a file passes unscanned: long enough for the client's next call. */
const UNSCANNED_MS = 5 * 60_000

interface Run {
  readonly organizationId: string
  readonly objectName: string
  readonly ended: Promise<ScanVerdict | { readonly kind: 'unavailable' }>
  /** Work that waits for the end of the scan. */
  readonly afterwards: (() => Promise<void>)[]
}

/**
 * Creates the scans of this process. The record of a scan has a lease, so that one process at a time offers a file, and
 * another one does it again when that process is killed. Nothing but a recorded or received verdict lets a file pass.
 */
export function createScans(options: ScansOptions): Scans {
  const { database, waitMs, now } = options
  const runs = new Map<string, Run>()
  const stopping = new AbortController()
  const turns = createScanTurns(TURNS)
  const hasRoom = (organizationId: string) => {
    if (runs.size < MAX_SCANS) return true
    const own = [...runs.values()].filter((one) => one.organizationId === organizationId)
    return own.length < MIN_PER_ORGANIZATION
  }

  const start = (file: File, lease: ScanLease): Run => {
    const { scanId } = lease
    const afterwards: Run['afterwards'] = []
    const ended = runScan(options, file, lease, turns, stopping.signal).finally(async () => {
      runs.delete(scanId)
      await Promise.all(afterwards.map((work) => work()))
    })
    const { organizationId, objectName } = file
    const run = { organizationId, objectName, ended, afterwards }
    runs.set(scanId, run)
    return run
  }

  const find = async (file: File, scanId: string): Promise<Run | ScanVerdict | 'elsewhere'> => {
    const running = runs.get(scanId)
    if (running !== undefined) return running
    const { organizationId, id: fileId, objectName, generation } = file
    if (!hasRoom(organizationId)) return 'elsewhere'
    const lease = { scanId, leaseToken: randomUUID() }
    const nowMs = now()
    const scan = { ...lease, fileId, objectName, generation, leaseUntilMs: nowMs + LEASE_MS }
    const begun = await database.scans.begin(organizationId, scan, nowMs)
    if (begun.kind === 'begun') return start(file, lease)
    return begun.kind === 'settled' ? begun.verdict : (runs.get(scanId) ?? 'elsewhere')
  }

  return {
    scan: async (file) => {
      const scanId = scanIdOf(file)
      const untilMs = performance.now() + waitMs
      for (;;) {
        const found = await find(file, scanId)
        const leftMs = untilMs - performance.now()
        if (found !== 'elsewhere' && 'ended' in found) return within(found.ended, leftMs)
        if (found !== 'elsewhere') return found
        if (leftMs <= 0) return { kind: 'pending' }
        await delay(Math.min(POLL_MS, leftMs))
      }
    },

    afterScan: (objectName, work) => {
      const run = [...runs.values()].find((one) => one.objectName === objectName)
      run?.afterwards.push(work)
      return run !== undefined
    },

    close: async () => {
      stopping.abort()
      await Promise.allSettled([...runs.values()].map(({ ended }) => ended))
    },
  }
}

/** Returns the result when it comes within the time. */
async function within<Result>(
  result: Promise<Result>,
  waitMs: number,
): Promise<Result | { readonly kind: 'pending' }> {
  const waited = new AbortController()
  const pending = delay(Math.max(0, waitMs), { kind: 'pending' } as const, { signal: waited.signal })
  pending.catch(() => {})
  try {
    return await Promise.race([result, pending])
  } finally {
    waited.abort()
  }
}

/** Offers a file to the scanner and records the verdict. Never rejects. */
async function runScan(
  options: ScansOptions,
  file: File,
  lease: ScanLease,
  turns: ScanTurns,
  signal: AbortSignal,
): Promise<ScanVerdict | { readonly kind: 'unavailable' }> {
  const { database, failsOpen, log, now } = options
  const { organizationId, id: fileId } = file
  const renewing = setInterval(() => {
    database.scans.renew(organizationId, lease, now() + LEASE_MS).catch(() => {})
  }, LEASE_MS / 3)
  try {
    const given = await turns.take(organizationId, () => offer(options, file, lease.scanId, signal))
    if (given === null && (!failsOpen || signal.aborted || !(await isStored(options, file)))) {
      await database.scans.abandon(organizationId, lease)
      return { kind: 'unavailable' }
    }
    if (given === null) log.warn({ file_id: fileId }, 'a file passes unscanned: FILE_SCAN_FAIL_OPEN=true')
    const verdict = given ?? ({ kind: 'unscanned', reason: null } as const)
    const holdsMs = given === null ? UNSCANNED_MS : REMEMBERED_MS
    await database.scans.settle(organizationId, lease, verdict, now() + holdsMs)
    return verdict
  } catch (err) {
    log.warn({ err, file_id: fileId }, 'the verdict on a file could not be recorded')
    return { kind: 'unavailable' }
  } finally {
    clearInterval(renewing)
  }
}

/**
 * Tells if the bytes are still there. A client that cancels its upload takes them from the scanner: that must not let the
 * same content pass in another upload.
 */
async function isStored({ storage }: ScansOptions, { objectName, generation }: File): Promise<boolean> {
  return (await storage.stat(objectName))?.generation === generation
}

/** Returns the scanner's verdict; null when it gave none. */
async function offer(
  { scanner, downloadSecret, observers, log, now }: ScansOptions,
  file: File,
  scanId: string,
  signal: AbortSignal,
): Promise<GivenVerdict | null> {
  const { organizationId, id: fileId } = file
  const startMs = performance.now()
  const observe = (outcome: Parameters<ObserveScan>[0]) => {
    for (const observer of observers) observer(outcome, performance.now() - startMs)
  }
  try {
    signal.throwIfAborted()
    const expiresAtSeconds = Math.ceil((now() + SCAN_MS) / 1000)
    const token = signScan(await downloadSecret.read(), { organizationId, fileId, scanId, expiresAtSeconds })
    const { filename, contentType, sizeBytes, sha256 } = file
    const facts = { scanId, organizationId, fileId, filename, contentType, sizeBytes, sha256 }
    const verdict = await scanner.offer({ ...facts, download: { token, expiresAtSeconds } }, signal)
    observe(verdict.kind)
    return verdict
  } catch (err) {
    if (signal.aborted) return null
    observe('failed')
    log.warn({ err, file_id: fileId }, 'the scanner gave no verdict on a file')
    return null
  }
}
