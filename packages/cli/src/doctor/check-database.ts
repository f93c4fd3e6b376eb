import type { Database } from '@waybill/server/database/database.ts'
import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import { changeEvent } from '@waybill/server/operations/access/audit.ts'
import { type CheckResult, ok, warning } from './finding.ts'

const READS = 5
const SLOW_MS = 250

/**
 * Measures the duration of a read (median of five) and of a write, which adds a row to the audit log. The schema was
 * checked when the database was opened.
 */
export async function checkDatabase(database: Database): Promise<CheckResult[]> {
  const times: number[] = []
  for (let read = 0; read < READS; read++) times.push(await timed(() => database.check()))
  const readMs = times.sort((a, b) => a - b)[READS >> 1] ?? 0
  const event = changeEvent(operatorCaller(null), { action: 'doctor', target: null }, Date.now())
  const writeMs = await timed(() => database.audit.add(event))
  const figures = `takes ${readMs.toFixed(2)} ms for a read and ${writeMs.toFixed(1)} ms for a write`
  if (readMs > SLOW_MS || writeMs > SLOW_MS) {
    return [
      warning(
        'slow-database',
        `The database ${figures}, and each request waits for it. Check its disk and its load.`,
      ),
    ]
  }
  return [ok(`The database (${database.kind}) ${figures}. Its schema is up to date.`)]
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}
