import { it } from 'node:test'
import { startExpiring } from '../../src/jobs/tasks/start-expiring.ts'
import { eventually } from '../clients/eventually.ts'
import { createInstallation, SESSION_MS } from './installation.ts'

/** Far more than one look takes at a time. */
const SESSIONS = 1000

it('expires all sessions whose time is over, however many, without waiting for its next run', async () => {
  const { open, clock, usage, context, close } = await createInstallation()
  await Promise.all(Array.from({ length: SESSIONS }, open))
  clock.aheadMs = SESSION_MS
  const job = startExpiring(context, { warn: () => {}, info: () => {} })
  try {
    await eventually('every reservation is given back', async () => (await usage()).reserved === 0)
  } finally {
    await job.stop()
    await close()
  }
})
