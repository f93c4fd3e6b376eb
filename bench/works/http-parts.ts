import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { createPartUpload } from '../load/openai-upload.ts'
import { measurePut, type PutSample } from '../load/put-once.ts'
import { removeStored } from '../remove-stored.ts'
import { measuredOfAll, ratioGoal, type WorkResult } from '../result.ts'
import { startWaybill, type Waybill } from '../waybill.ts'
import { type Completion, completionResult, SMALL_PART_BYTES, usedBytes } from './completion.ts'
import { putToWaybill } from './single-put.ts'
import type { Bench, Work } from './work.ts'

const MIB = 1024 ** 2
const CONNECTIONS = 8
/** Largest part of the OpenAI API. */
const MAX_PART_BYTES = 64 * MIB
const ONE_PUT = 'one PUT'
const PARTS = `${CONNECTIONS} parts at once`

/** Measures uploads of parts by the OpenAI API against one PUT, and the completion of many parts. */
export const httpPartsWork: Work = { id: 'http-parts', measure: measureHttpParts }

async function measureHttpParts({ directory, options }: Bench): Promise<WorkResult[]> {
  const folder = join(directory, 'http-parts')
  await mkdir(folder)
  const waybill = await startWaybill(folder)
  const samples = await alternate(options.rounds, [
    { name: ONE_PUT, measure: () => putToWaybill(waybill, options.putBytes) },
    { name: PARTS, measure: () => sendParts(waybill, options.putBytes) },
  ])
  const completions = await alternate(options.rounds, [
    { name: 'complete', measure: () => completeMany(waybill, options.joinedParts) },
  ])
  await waybill.process.stop()
  return [
    speedOf(samples),
    completionResult(completions.get('complete') ?? [], options.joinedParts, {
      id: 'http-joined-parts',
      title: 'Completing an upload of many parts over HTTP',
      surroundings: 'With the list of the parts and the registration of the File',
    }),
  ]
}

type Samples = ReadonlyMap<string, readonly PutSample[]>

function speedOf(samples: Samples): WorkResult {
  const speeds = measuredOfAll(samples, ({ mibPerSecond }) => mibPerSecond)
  return {
    id: 'http-parts',
    title: '1 GiB in parallel parts over HTTP',
    method:
      `Forms with parts of at most 64 MiB to /v1/uploads, on ${CONNECTIONS} connections. The time includes the list of ` +
      'the parts, and the completion with the registration of the File. The PUT is an upload without a registration.',
    unit: 'MiB/s',
    isMoreBetter: true,
    measured: speeds,
    goals: ratioGoal(speeds, [PARTS, ONE_PUT], { text: '× one PUT', needed: 0.9, bound: 'at least' }),
  }
}

async function sendParts(waybill: Waybill, bytes: number): Promise<PutSample> {
  const count = CONNECTIONS * Math.ceil(bytes / CONNECTIONS / MAX_PART_BYTES)
  const partBytes = Math.ceil(bytes / count)
  const upload = await createPartUpload(waybill, partBytes * count)
  const sample = await measurePut(waybill.process, bytes, async () => {
    await upload.sendParts(count, partBytes, CONNECTIONS)
    await upload.complete()
  })
  await removeStored(waybill.dataDirectory)
  return sample
}

async function completeMany(waybill: Waybill, parts: number): Promise<Completion> {
  const upload = await createPartUpload(waybill, parts * SMALL_PART_BYTES)
  await upload.sendParts(parts, SMALL_PART_BYTES, CONNECTIONS)
  const bytesBefore = await usedBytes(waybill.dataDirectory)
  const startMs = performance.now()
  await upload.complete()
  const milliseconds = performance.now() - startMs
  return { milliseconds, bytesBefore, bytesAfter: await usedBytes(waybill.dataDirectory) }
}
