import { join } from 'node:path'
import { getBody } from '../load/get-body.ts'
import { putOnce } from '../load/put-once.ts'
import { measuredOf, type WorkResult } from '../result.ts'
import { percentile } from '../statistics.ts'
import { createUpload, downloadUrl, registerUpload, startWaybill, type Waybill } from '../waybill.ts'
import type { Bench, Work } from './work.ts'

const RANGE_BYTES = 16 * 1024

/** Measures reads of small parts of a very large file, which are verified like all reads. */
export const rangeWork: Work = { id: 'range', measure: measureRange }

async function measureRange({ directory, options }: Bench): Promise<WorkResult[]> {
  const waybill = await startWaybill(join(directory, 'range'))
  const url = await storeFile(waybill, options.largeBytes)
  const firstBytes: number[] = []
  for (let read = 0; read < options.rangeReads; read++) {
    const start = Math.floor(
      ((options.largeBytes - RANGE_BYTES) * ((read * 7919) % options.rangeReads)) / options.rangeReads,
    )
    const answer = await getBody(url, { range: `bytes=${start}-${start + RANGE_BYTES - 1}` })
    if (answer.status !== 206 || answer.bodyBytes !== RANGE_BYTES)
      throw new Error(`${url} answered ${answer.status}`)
    firstBytes.push(answer.firstByteMs)
  }
  await waybill.process.stop()
  const p50 = percentile(firstBytes, 0.5)
  return [
    {
      id: 'range',
      title: 'Range GET of 16 KiB from a file of 5 GB',
      method:
        'Requests at positions all over the file, one after the other, on new connections. Each reads and verifies a complete block of 1 MiB.',
      unit: 'ms to the first byte',
      isMoreBetter: false,
      measured: [measuredOf('p50', [p50]), measuredOf('p99', [percentile(firstBytes, 0.99)])],
      goals: [{ text: 'p50', measured: p50, needed: 5, aim: null, bound: 'at most', unit: 'ms' }],
    },
  ]
}

/** Uploads and registers a file of `bodyBytes` bytes; returns its download URL. */
export async function storeFile(waybill: Waybill, bodyBytes: number): Promise<string> {
  const target = await createUpload(waybill, bodyBytes)
  await putOnce(waybill.process, { method: 'PUT', url: target.uploadUrl, headers: {}, bodyBytes })
  return downloadUrl(waybill, await registerUpload(waybill, target, bodyBytes))
}
