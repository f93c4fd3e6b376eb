import { Counter, Histogram, type Registry } from 'prom-client'
import type { ObserveScan, ScanOutcome } from '../domain/files/scan.ts'

const DURATION_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 240]
const OUTCOMES: readonly ScanOutcome[] = ['clean', 'rejected', 'failed']

/** Registers the metrics of scans of files. Returns the observer that counts them. */
export function createScanMetrics(registry: Registry): ObserveScan {
  const scans = new Counter({
    name: 'waybill_scans_total',
    help: 'Scans of files by verdict: clean, rejected, or failed without one.',
    labelNames: ['verdict'],
    registers: [registry],
  })
  const durations = new Histogram({
    name: 'waybill_scan_duration_seconds',
    help: 'Time from the offer of a file to the answer of the scanner.',
    labelNames: ['verdict'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  })
  for (const verdict of OUTCOMES) scans.inc({ verdict }, 0)
  return (verdict, durationMs) => {
    scans.inc({ verdict })
    durations.observe({ verdict }, durationMs / 1000)
  }
}
