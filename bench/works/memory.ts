import { join } from 'node:path'
import { putOnce } from '../load/put-once.ts'
import type { MeasuredProcess } from '../measured-process.ts'
import type { Peer } from '../peers.ts'
import { removeStored } from '../remove-stored.ts'
import { type Goal, measuredOf, type WorkResult } from '../result.ts'
import { createUpload, startWaybill, type Waybill } from '../waybill.ts'
import type { Bench, Work } from './work.ts'

const MIB = 1024 ** 2
const SAMPLE_EVERY_MS = 100
/** Peaks of one upload, and of many. */
const NEEDED_PEAK_MIB = [150, 130]

/** Measures resident memory of the server during one very large upload, and during many at once. */
export const memoryWork: Work = { id: 'memory', measure: measureMemory }

async function measureMemory({ directory, options, peers }: Bench): Promise<WorkResult[]> {
  const { largeBytes, manyUploads, manyUploadBytes } = options
  const waybill = await startWaybill(join(directory, 'memory'))
  const atStart = (await waybill.process.residentBytes()) / MIB
  const ours = [
    await watchMemory(waybill.process, () => upload(waybill, 1, largeBytes)),
    await watchMemory(waybill.process, () => upload(waybill, manyUploads, manyUploadBytes)),
  ] as const
  await waybill.process.stop()
  const { tus } = peers
  const theirs = tus && (await watchMemory(tus.process, () => uploadToPeer(tus, directory, largeBytes)))
  const titles = ['one upload of 5 GB', '64 uploads of 100 MB at once'] as const
  const goals = ours.flatMap((memory, index): Goal[] => [
    {
      text: `${titles[index]}: peak`,
      measured: memory.peakMib,
      needed: NEEDED_PEAK_MIB[index] ?? 150,
      aim: 100,
      bound: 'at most',
      unit: 'MiB',
    },
    {
      text: `${titles[index]}: last quarter ÷ second quarter, flat over time`,
      measured: memory.growth,
      needed: 1.1,
      aim: null,
      bound: 'at most',
      unit: 'ratio',
    },
  ])
  return [
    {
      id: 'memory',
      title: 'Resident memory',
      method: `Maximum of resident memory of the server process, and its growth during the upload. At the start it is ${atStart.toFixed(0)} MiB.`,
      unit: 'MiB',
      isMoreBetter: false,
      measured: [
        ...ours.map((memory, index) => measuredOf(`Waybill, ${titles[index]}`, [memory.peakMib])),
        ...(theirs ? [measuredOf(`@tus/server, ${titles[0]}`, [theirs.peakMib])] : []),
      ],
      goals,
    },
  ]
}

interface Memory {
  readonly peakMib: number
  /** Mean resident memory in the last quarter of the time, divided by that in the second quarter. */
  readonly growth: number
}

async function watchMemory(server: MeasuredProcess, work: () => Promise<void>): Promise<Memory> {
  const samples: number[] = []
  await server.forgetPeak()
  const timer = setInterval(() => {
    void server.residentBytes().then((bytes) => samples.push(bytes))
  }, SAMPLE_EVERY_MS)
  await work()
  clearInterval(timer)
  samples.push(await server.residentBytes())
  const peakMib = (await server.peakBytes()) / MIB
  return { peakMib, growth: meanOfQuarter(samples, 3) / meanOfQuarter(samples, 1) }
}

function meanOfQuarter(samples: readonly number[], quarter: number): number {
  const from = Math.floor((samples.length * quarter) / 4)
  const part = samples.slice(from, Math.max(from + 1, Math.floor((samples.length * (quarter + 1)) / 4)))
  return part.reduce((sum, one) => sum + one, 0) / part.length
}

async function upload(waybill: Waybill, uploads: number, bodyBytes: number): Promise<void> {
  const targets = await Promise.all(Array.from({ length: uploads }, () => createUpload(waybill, bodyBytes)))
  await Promise.all(
    targets.map(({ uploadUrl }) =>
      putOnce(waybill.process, { method: 'PUT', url: uploadUrl, headers: {}, bodyBytes }),
    ),
  )
  await removeStored(waybill.dataDirectory)
}

async function uploadToPeer(peer: Peer, directory: string, bodyBytes: number): Promise<void> {
  await putOnce(peer.process, await peer.upload(bodyBytes))
  await removeStored(directory)
}
