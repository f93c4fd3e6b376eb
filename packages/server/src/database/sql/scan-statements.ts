import type { ScanVerdict } from '../../domain/files/scan.ts'
import type { ScanRecords } from '../records/scans.ts'
import type { Statements } from './statements.ts'

/** Adds a scan or replaces one that does not count any more, in one statement: one of several concurrent wins. */
const BEGIN = `
  INSERT INTO scans (id, organization_id, file_id, object_name, generation, lease_token, until_ms)
  VALUES ($scanId, $organizationId, $fileId, $objectName, $generation, $leaseToken, $leaseUntilMs)
  ON CONFLICT (id) DO UPDATE
    SET file_id = $fileId, object_name = $objectName, generation = $generation, lease_token = $leaseToken,
      verdict = NULL, reason = NULL, until_ms = $leaseUntilMs
    WHERE scans.organization_id = $organizationId AND scans.until_ms <= $nowMs`

const OF_SCAN = 'id = $scanId AND organization_id = $organizationId'
const OWN = `${OF_SCAN} AND lease_token = $leaseToken`

/** Scans, equal on both databases. */
export function createScanStatements({ get, change }: Statements): ScanRecords {
  return {
    begin: async (organizationId, scan, nowMs) => {
      const { scanId } = scan
      const { count } = await change(BEGIN, { organizationId, ...scan, nowMs })
      if (count > 0) return { kind: 'begun' }
      const row = await get(`SELECT verdict, reason FROM scans WHERE ${OF_SCAN}`, { organizationId, scanId })
      // Abandoned in between: the caller asks again, as for a running scan.
      if (row === null || row.verdict === null) return { kind: 'running' }
      const kind = String(row.verdict) as ScanVerdict['kind']
      return { kind: 'settled', verdict: { kind, reason: row.reason === null ? null : String(row.reason) } }
    },

    renew: async (organizationId, { scanId, leaseToken }, leaseUntilMs) => {
      const parameters = { organizationId, scanId, leaseToken, leaseUntilMs }
      await change(`UPDATE scans SET until_ms = $leaseUntilMs WHERE ${OWN}`, parameters)
    },

    settle: async (organizationId, { scanId, leaseToken }, { kind: verdict, reason }, untilMs) => {
      await change(
        `UPDATE scans SET verdict = $verdict, reason = $reason, lease_token = NULL, until_ms = $untilMs WHERE ${OWN}`,
        { organizationId, scanId, leaseToken, verdict, reason, untilMs },
      )
    },

    abandon: async (organizationId, { scanId, leaseToken }) => {
      await change(`DELETE FROM scans WHERE ${OWN}`, { organizationId, scanId, leaseToken })
    },

    findRunning: async (organizationId, scanId, nowMs) => {
      const row = await get(
        `SELECT file_id, object_name, generation FROM scans
         WHERE ${OF_SCAN} AND verdict IS NULL AND until_ms > $nowMs`,
        { organizationId, scanId, nowMs },
      )
      return (
        row && {
          fileId: String(row.file_id),
          objectName: String(row.object_name),
          generation: String(row.generation),
        }
      )
    },

    forget: async (beforeMs, limit) => {
      const { count } = await change(
        'DELETE FROM scans WHERE id IN (SELECT id FROM scans WHERE until_ms < $beforeMs LIMIT $limit)',
        { beforeMs, limit },
      )
      return count
    },
  }
}
