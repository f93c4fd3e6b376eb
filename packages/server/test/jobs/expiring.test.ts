import { it } from 'node:test'
import { startExpiring } from '../../src/jobs/tasks/start-expiring.ts'
import { eventually } from '../clients/eventually.ts'
import { createInstallation, SESSION_MS } from './installation.ts'

/** Many more than one query lists. */
const SESSIONS = 1000

it('expires any number of overdue sessions in one run', async () => {
  const { open, clock, usage, context, close } = await createInstallation()
  await Promise.all(Array.from({ length: SESSIONS }, open))
  clock.aheadMs = SESSION_MS
  const job = startExpiring(context, { warn: () => {}, info: () => {} })
  try {
    await eventually('every reservation is released', async () => (await usage()).reserved === 0)
  } finally {
    await job.stop()
    await close()
  }
})
