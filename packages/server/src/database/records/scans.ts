import type { ScannedObject, ScanVerdict } from '../../domain/files/scan.ts'

/** Scans of files before they become visible, one at a time for each id, in whichever process. */
export interface ScanRecords {
  /**
   * Begins a scan, unless it runs or has a verdict that still holds at `nowMs`. A scan whose lease has ended begins again.
   */
  begin(organizationId: string, scan: NewScan, nowMs: number): Promise<BegunScan>
  /** Extends the lease. Does nothing when another process has begun the scan again. */
  renew(organizationId: string, lease: ScanLease, leaseUntilMs: number): Promise<void>
  /** Records the verdict, which holds until `untilMs`. Does nothing when another process has begun the scan again. */
  settle(organizationId: string, lease: ScanLease, verdict: ScanVerdict, untilMs: number): Promise<void>
  /** Removes a scan without a verdict, so that it can begin again. */
  abandon(organizationId: string, lease: ScanLease): Promise<void>
  /** Returns the object of a scan that runs at `nowMs`; null when it does not. */
  findRunning(organizationId: string, scanId: string, nowMs: number): Promise<ScannedObject | null>
  /** Removes at most `limit` scans of all organizations that ended before `beforeMs`; returns their number. */
  forget(beforeMs: number, limit: number): Promise<number>
}

export interface ScanLease {
  readonly scanId: string
  readonly leaseToken: string
}

export interface NewScan extends ScanLease, ScannedObject {
  readonly leaseUntilMs: number
}

export type BegunScan =
  | { readonly kind: 'begun' }
  | { readonly kind: 'running' }
  | { readonly kind: 'settled'; readonly verdict: ScanVerdict }
