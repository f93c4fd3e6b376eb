import { join } from 'node:path'
import { openDatabase } from '../src/compose/open-database.ts'
import { openStorage } from '../src/compose/open-storage.ts'
import { operatorCaller } from '../src/domain/access/caller.ts'
import type { Finding } from '../src/jobs/tasks/finding.ts'
import { SWEEP_START, sweep } from '../src/jobs/tasks/sweep.ts'
import { createAudit } from '../src/operations/access/audit.ts'

/** Sweeps an installation beside its server, as `waybill sweep` does, without the cost of a process. */
export async function sweepInstallation(dataDir: string, isDryRun: boolean): Promise<readonly Finding[]> {
  const database = await openDatabase({ kind: 'sqlite', path: join(dataDir, 'waybill.db') })
  const storage = await openStorage({ kind: 'disk', directory: join(dataDir, 'objects') })
  const audit = createAudit({ database, log: { warn: () => {} }, now: Date.now })
  const { signal } = new AbortController()
  const limits = { maxFindings: 1000, maxExamined: Number.POSITIVE_INFINITY, auditMs: 24 * 60 * 60 * 1000 }
  try {
    const run = { ...limits, caller: operatorCaller(null), isDryRun, removesUnexplained: true, signal }
    const swept = await sweep({ database, storage, audit, now: Date.now }, run, SWEEP_START)
    return swept.findings
  } finally {
    await audit.close()
    await storage.close()
    await database.close()
  }
}
