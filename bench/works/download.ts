import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { getBody } from '../load/get-body.ts'
import { openConnection } from '../load/put-body.ts'
import { sendPart } from '../load/put-once.ts'
import { measuredOfAll, ratioGoal, type WorkResult } from '../result.ts'
import { startWaybill } from '../waybill.ts'
import { storeFile } from './range.ts'
import type { Bench, Work } from './work.ts'

/** Measures the download of a complete file; every block is verified. */
export const downloadWork: Work = { id: 'download', measure: measureDownload }

async function measureDownload({ directory, options, peers }: Bench): Promise<WorkResult[]> {
  const { downloadBytes, rounds } = options
  const waybill = await startWaybill(join(directory, 'download'))
  const ours = await storeFile(waybill, downloadBytes)
  const { nginx } = peers
  const contestants = [{ name: 'Waybill', measure: () => download(ours, downloadBytes) }]
  if (nginx) {
    const upload = await nginx.upload(downloadBytes)
    const socket = await openConnection(upload.url)
    await sendPart(socket, upload)
    socket.destroy()
    contestants.push({ name: 'nginx, sendfile', measure: () => download(upload.url, downloadBytes) })
  }
  const samples = await alternate(rounds, contestants)
  await waybill.process.stop()
  const measured = measuredOfAll(samples, (value) => value)
  return [
    {
      id: 'download',
      title: 'Download of 1 GiB',
      method:
        'Waybill reads and verifies each block before it sends it. nginx lets the kernel send the file (sendfile).',
      unit: 'MiB/s',
      isMoreBetter: true,
      measured,
      goals: ratioGoal(measured, ['Waybill', 'nginx, sendfile'], {
        text: '× nginx with sendfile',
        needed: 0.65,
        aim: 0.9,
        bound: 'at least',
      }),
    },
  ]
}

async function download(url: string, expectedBytes: number): Promise<number> {
  const { bodyBytes, totalMs } = await getBody(url)
  if (bodyBytes !== expectedBytes) throw new Error(`${url} gave ${bodyBytes} bytes`)
  return bodyBytes / 1024 ** 2 / (totalMs / 1000)
}
