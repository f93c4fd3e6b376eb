import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { type Load, runCallers } from '../load/callers.ts'
import { register, uploadSmall } from '../load/small-flow.ts'
import { measuredOfAll, ratioGoal, type WorkResult } from '../result.ts'
import { startWaybill, type Waybill } from '../waybill.ts'
import { createWithTus } from './one-request.ts'
import type { Bench, Work } from './work.ts'

const CALLERS = 32
const BODY = randomBytes(4096)

/** Measures many small files, each with all three requests. */
export const smallFilesWork: Work = { id: 'small-files', measure: measureSmallFiles }

async function measureSmallFiles({ directory, options, peers }: Bench): Promise<WorkResult[]> {
  const waybill = await startWaybill(join(directory, 'small-files'))
  const perRound = Math.ceil(options.smallFiles / options.rounds)
  const { tus } = peers
  const samples = await alternate(options.rounds, [
    { name: 'Waybill', measure: () => storeMany(waybill, perRound) },
    ...(tus === null ? [] : [{ name: tus.name, measure: () => createWithTus(tus.url, perRound) }]),
  ])
  await waybill.process.stop()
  const measured = measuredOfAll(samples, (one) => one.perSecond)
  return [
    {
      id: 'small-files',
      title: 'Files of 4 KiB, 32 callers',
      method:
        'Waybill needs three requests (upload-url, PUT, register); the session, the bytes and the File are durable before ' +
        'each answer. @tus/server needs one request, which creates the upload with its bytes and syncs nothing.',
      unit: 'files/s',
      isMoreBetter: true,
      measured,
      goals: ratioGoal(measured, ['Waybill', '@tus/server'], {
        text: '× @tus/server',
        needed: 0.8,
        aim: 2,
        bound: 'at least',
      }),
    },
  ]
}

function storeMany(waybill: Waybill, count: number): Promise<Load> {
  const names = Array.from({ length: count }, (_, index) => `${index}.bin`)
  return runCallers(waybill.url, CALLERS, names, async (call, name) => {
    await register(waybill, call, await uploadSmall(waybill, call, name, BODY))
  })
}
