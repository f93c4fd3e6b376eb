import { join } from 'node:path'
import { openDatabase } from '../src/compose/open-database.ts'
import { openStorage } from '../src/compose/open-storage.ts'
import type { Finding } from '../src/jobs/tasks/finding.ts'
import { SWEEP_START, sweep } from '../src/jobs/tasks/sweep.ts'

/** Sweeps an installation beside its server, as `waybill sweep` does, without the cost of a process. */
export async function sweepInstallation(dataDir: string, isDryRun: boolean): Promise<readonly Finding[]> {
  const database = await openDatabase({ kind: 'sqlite', path: join(dataDir, 'waybill.db') })
  const storage = await openStorage({ kind: 'disk', directory: join(dataDir, 'objects') })
  const { signal } = new AbortController()
  const limits = { maxFindings: 1000, maxExamined: Number.POSITIVE_INFINITY, auditMs: 24 * 60 * 60 * 1000 }
  try {
    const context = { database, storage, now: Date.now }
    const swept = await sweep(context, { ...limits, isDryRun, removesUnexplained: true, signal }, SWEEP_START)
    return swept.findings
  } finally {
    await storage.close()
    await database.close()
  }
}
