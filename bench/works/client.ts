import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { alternate } from '../alternate.ts'
import { inCheckout } from '../checkout.ts'
import { removeStored } from '../remove-stored.ts'
import { type Goal, measuredOfAll, ratioGoal, type WorkResult } from '../result.ts'
import { createUpload, ORGANIZATION, startWaybill, type Waybill } from '../waybill.ts'
import type { Bench, Work } from './work.ts'

interface ClientSample {
  readonly mibPerSecond: number
  readonly peakMib: number
}

const MIB = 1024 ** 2
const MAX_PEAK_MIB = 150
const run = promisify(execFile)

/** Measures uploads of a file from disk by the client library and by curl. */
export const clientWork: Work = { id: 'client', measure: measureClient }

async function measureClient({ directory, options }: Bench): Promise<WorkResult[]> {
  const bytes = options.putBytes
  const path = join(directory, 'client.bin')
  await pipeline(randomPieces(bytes), createWriteStream(path))
  const waybill = await startWaybill(join(directory, 'client'))
  const samples = await alternate(options.rounds, [
    { name: 'Waybill client library', measure: () => sendWithLibrary(waybill, path) },
    { name: 'curl -T', measure: () => sendWithCurl(waybill, path, bytes) },
  ])
  await waybill.process.stop()
  await rm(path)
  const speeds = measuredOfAll(samples, (one) => one.mibPerSecond)
  const peak = Math.max(...(samples.get('Waybill client library') ?? []).map(({ peakMib }) => peakMib))
  const memory: Goal = {
    text: 'peak memory of the client library',
    measured: peak,
    needed: MAX_PEAK_MIB,
    aim: null,
    bound: 'at most',
    unit: 'MiB',
  }
  return [
    {
      id: 'client',
      title: 'A file of 1 GiB from the disk',
      method:
        'The client library requests the URL, computes CRC-32C, sends chunks and registers, in its own Node process. ' +
        'curl sends one PUT.',
      unit: 'MiB/s',
      isMoreBetter: true,
      measured: speeds,
      goals: [
        ...ratioGoal(speeds, ['Waybill client library', 'curl -T'], {
          text: '× curl -T',
          needed: 0.7,
          bound: 'at least',
        }),
        memory,
      ],
    },
  ]
}

async function sendWithLibrary(waybill: Waybill, path: string): Promise<ClientSample> {
  const args = [inCheckout('bench/load/sdk-upload.ts'), waybill.url, waybill.apiKey, ORGANIZATION, path]
  const { stdout } = await run(process.execPath, args)
  await removeStored(waybill.dataDirectory)
  return JSON.parse(stdout)
}

async function sendWithCurl(waybill: Waybill, path: string, bytes: number): Promise<ClientSample> {
  const { uploadUrl } = await createUpload(waybill, bytes)
  const args = ['--silent', '--fail', '--output', '/dev/null', '--write-out', '%{time_total}']
  const { stdout } = await run('curl', [...args, '--upload-file', path, uploadUrl])
  await removeStored(waybill.dataDirectory)
  return { mibPerSecond: bytes / MIB / Number(stdout), peakMib: 0 }
}

function* randomPieces(bytes: number): Generator<Uint8Array> {
  const piece = new Uint8Array(MIB)
  for (let at = 0; at < MIB; at += 65_536) crypto.getRandomValues(piece.subarray(at, at + 65_536))
  for (let left = bytes; left > 0; left -= MIB) yield piece.subarray(0, Math.min(left, MIB))
}
