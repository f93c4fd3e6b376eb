import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { type Load, runCallers } from '../load/callers.ts'
import { measuredOf, ratioGoal, type WorkResult } from '../result.ts'
import { startWaybill } from '../waybill.ts'
import type { Bench, Work } from './work.ts'

const CALLERS = 32
const BODY = randomBytes(4096)

/** Measures many small files, each with one request of tus. */
export const tusSmallFilesWork: Work = { id: 'tus-small-files', measure: measureTusSmallFiles }

async function measureTusSmallFiles({ directory, options, peers }: Bench): Promise<WorkResult[]> {
  const waybill = await startWaybill(join(directory, 'tus-small-files'))
  const perRound = Math.ceil(options.smallFiles / options.rounds)
  const { tus } = peers
  const key = { 'x-api-key': waybill.apiKey }
  const samples = await alternate(options.rounds, [
    { name: 'Waybill', measure: () => createMany(`${waybill.filesUrl}/tus`, perRound, key) },
    ...(tus === null ? [] : [{ name: tus.name, measure: () => createMany(tus.url, perRound) }]),
  ])
  await waybill.process.stop()
  const measured = [...samples].map(([name, all]) =>
    measuredOf(
      name,
      all.map((one) => one.perSecond),
    ),
  )
  return [
    {
      id: 'tus-small-files',
      title: 'tus: files of 4 KiB, 32 callers',
      method:
        'One request creates the upload with all of its bytes. Waybill answers when the bytes and the File are durable; ' +
        '@tus/server syncs nothing.',
      unit: 'files/s',
      isMoreBetter: true,
      measured,
      goals: ratioGoal(measured, ['Waybill', '@tus/server'], {
        text: '× @tus/server',
        needed: 0.6,
        aim: 1,
        bound: 'at least',
      }),
    },
  ]
}

/** Creates uploads with all of their bytes. */
export function createMany(
  creationUrl: string,
  count: number,
  key: Readonly<Record<string, string>> = {},
): Promise<Load> {
  const { origin, pathname } = new URL(creationUrl)
  const headers = {
    ...key,
    'tus-resumable': '1.0.0',
    'upload-length': String(BODY.length),
    'content-type': 'application/offset+octet-stream',
  }
  return runCallers(origin, CALLERS, Array(count).fill(pathname), async (call, path) => {
    await call({ method: 'POST', path, headers, body: BODY })
  })
}
