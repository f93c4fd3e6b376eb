import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { openConnection } from '../load/put-body.ts'
import { measurePut, type PutSample, sendPart } from '../load/put-once.ts'
import { removeStored } from '../remove-stored.ts'
import { measuredOfAll, ratioGoal, type WorkResult } from '../result.ts'
import { createUpload, startWaybill, type Waybill } from '../waybill.ts'
import { putToWaybill, writeToDisk } from './single-put.ts'
import type { Bench, Work } from './work.ts'

const CHUNK_BYTES = 8 * 1024 * 1024

/** Measures the same upload in chunks; each chunk is durable before the next one is sent. */
export const chunksWork: Work = { id: 'chunks', measure: measureChunks }

async function measureChunks(bench: Bench): Promise<WorkResult[]> {
  const { directory, options } = bench
  const bytes = options.putBytes
  const waybill = await startWaybill(join(directory, 'chunks'))
  const samples = await alternate(options.rounds, [
    { name: 'Waybill, chunks of 8 MiB', measure: () => putInChunks(waybill, bytes) },
    { name: 'Waybill, one PUT', measure: () => putToWaybill(waybill, bytes) },
    { name: 'disk alone, chunks of 8 MiB', measure: () => writeToDisk(bench, bytes, CHUNK_BYTES) },
    { name: 'disk alone, one sync', measure: () => writeToDisk(bench, bytes, bytes) },
  ])
  await waybill.process.stop()
  const measured = measuredOfAll(samples, (one) => one.mibPerSecond)
  return [
    {
      id: 'chunks',
      title: '1 GiB in chunks of 8 MiB, each synced',
      method:
        'One connection sends one chunk after the other. Each chunk and its log entry are synced before the 308. The ' +
        'disk alone does the same syncs.',
      unit: 'MiB/s',
      isMoreBetter: true,
      measured,
      goals: [
        ...ratioGoal(measured, ['Waybill, chunks of 8 MiB', 'Waybill, one PUT'], {
          text: '× one PUT to Waybill',
          needed: 0.75,
          bound: 'at least',
        }),
        ...ratioGoal(measured, ['Waybill, chunks of 8 MiB', 'disk alone, chunks of 8 MiB'], {
          text: '× the disk alone, if the disk is the limit',
          needed: 0.9,
          bound: 'at least',
        }),
      ],
    },
  ]
}

async function putInChunks(waybill: Waybill, bytes: number): Promise<PutSample> {
  const { uploadUrl } = await createUpload(waybill, bytes)
  const sample = await measurePut(waybill.process, bytes, async () => {
    const socket = await openConnection(uploadUrl)
    for (let start = 0; start < bytes; start += CHUNK_BYTES) {
      const end = Math.min(start + CHUNK_BYTES, bytes)
      const headers = { 'content-range': `bytes ${start}-${end - 1}/${bytes}` }
      await sendPart(socket, { method: 'PUT', url: uploadUrl, headers, bodyBytes: end - start })
    }
    socket.destroy()
  })
  await removeStored(waybill.dataDirectory)
  return sample
}
