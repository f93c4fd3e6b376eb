import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { putOnce } from '../load/put-once.ts'
import { removeStored } from '../remove-stored.ts'
import { measuredOfAll, ratioGoal, type WorkResult } from '../result.ts'
import { startWaybill } from '../waybill.ts'
import { putToWaybill } from './single-put.ts'
import type { Bench, Work } from './work.ts'

/** Measures the same upload without any sync, compared with a minimal C program. */
export const unsyncedWork: Work = { id: 'unsynced', measure: measureUnsynced }

async function measureUnsynced({ directory, options, limit }: Bench): Promise<WorkResult[]> {
  const bytes = options.putBytes
  const waybill = await startWaybill(join(directory, 'unsynced'), { UPLOAD_SYNC: 'never' })
  const receive = await limit.receive(join(directory, 'received'))
  const samples = await alternate(options.rounds, [
    { name: 'Waybill, unsynced', measure: () => putToWaybill(waybill, bytes) },
    {
      name: 'C loop',
      measure: async () => {
        const request = { method: 'PUT', url: receive.url, headers: {}, bodyBytes: bytes } as const
        const sample = await putOnce(receive.process, request)
        await removeStored(directory)
        return sample
      },
    },
  ])
  await waybill.process.stop()
  await receive.process.stop()
  const measured = measuredOfAll(samples, (one) => one.mibPerSecond)
  return [
    {
      id: 'unsynced',
      title: 'One PUT of 1 GiB, unsynced',
      method:
        'Waybill with `UPLOAD_SYNC=never`, which is only for this comparison, and a loop in C of recv, CRC-32C ' +
        'and write, which is about the limit of one thread.',
      unit: 'MiB/s',
      isMoreBetter: true,
      measured,
      goals: ratioGoal(measured, ['Waybill, unsynced', 'C loop'], {
        text: '× the C loop',
        needed: 0.55,
        aim: 0.8,
        bound: 'at least',
      }),
    },
  ]
}
