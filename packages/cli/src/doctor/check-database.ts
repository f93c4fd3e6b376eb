import type { Database } from '@waybill/server/database/database.ts'
import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import { changeEvent } from '@waybill/server/operations/access/audit.ts'
import { ok, type Seen, warning } from './finding.ts'

const LOOKS = 5
const SLOW_MS = 250

/** Asks the database, and writes to it: that the doctor came is a line in the audit. Its schema was checked when it was opened. */
export async function checkDatabase(database: Database): Promise<Seen[]> {
  const times: number[] = []
  for (let look = 0; look < LOOKS; look++) times.push(await timed(() => database.check()))
  const answerMs = times.sort((a, b) => a - b)[LOOKS >> 1] ?? 0
  const visit = changeEvent(operatorCaller(null), { action: 'doctor', target: null }, Date.now())
  const writeMs = await timed(() => database.audit.add(visit))
  const figures = `answers in ${answerMs.toFixed(2)} ms, writes in ${writeMs.toFixed(1)} ms`
  if (answerMs > SLOW_MS || writeMs > SLOW_MS) {
    return [
      warning(
        'slow-database',
        `The database ${figures}: each request waits for it. Look at its disk and its load.`,
      ),
    ]
  }
  return [ok(`The database ${figures}, and has the schema of this program (${database.kind}).`)]
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}
