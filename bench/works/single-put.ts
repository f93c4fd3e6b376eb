import { join } from 'node:path'
import { alternate, type Contestant } from '../alternate.ts'
import type { LimitServer } from '../limit.ts'
import { type PutSample, putOnce } from '../load/put-once.ts'
import type { Peer } from '../peers.ts'
import { removeStored } from '../remove-stored.ts'
import { measuredOf, measuredOfAll, ratioGoal, type WorkResult } from '../result.ts'
import { createUpload, startWaybill, type Waybill } from '../waybill.ts'
import type { Bench, Work } from './work.ts'

const TITLE = 'One PUT of 1 GiB'

/** Measures one large upload in one body: throughput and processor time of the server. */
export const singlePutWork: Work = { id: 'single-put', measure: measureSinglePut }

async function measureSinglePut(bench: Bench): Promise<WorkResult[]> {
  const { directory, options, peers, limit } = bench
  const bytes = options.putBytes
  const waybill = await startWaybill(join(directory, 'single-put'))
  const discard = await limit.discard()
  const samples = await alternate(options.rounds, [
    { name: 'Waybill', measure: () => putToWaybill(waybill, bytes) },
    ...[peers.tus, peers.uploadx, peers.nginx]
      .filter((peer) => peer !== null)
      .map((peer) => toPeer(peer, bench)),
    { name: 'disk alone', measure: () => writeToDisk(bench, bytes, bytes) },
    { name: 'load alone', measure: () => putToDiscard(discard, bytes) },
  ])
  await waybill.process.stop()
  await discard.process.stop()
  return [speedOf(samples), processorTimeOf(samples)]
}

type Samples = ReadonlyMap<string, readonly PutSample[]>

function speedOf(samples: Samples): WorkResult {
  const speeds = measuredOfAll(samples, (one) => one.mibPerSecond)
  return {
    id: 'single-put',
    title: TITLE,
    method:
      'The body goes directly from one buffer to a socket. Waybill computes CRC-32C and syncs before it answers; ' +
      'the peers do neither. "disk alone" writes the same bytes and syncs them once. "load alone" sends them to a ' +
      'program that drops them, which is the limit of the load generator.',
    unit: 'MiB/s',
    isMoreBetter: true,
    measured: speeds,
    goals: [
      ...ratioGoal(speeds, ['Waybill', '@tus/server'], {
        text: '× @tus/server',
        needed: 2.3,
        aim: 2.5,
        bound: 'at least',
      }),
      ...ratioGoal(speeds, ['Waybill', '@uploadx/core'], {
        text: '× @uploadx/core',
        needed: 1.5,
        bound: 'at least',
      }),
      ...ratioGoal(speeds, ['Waybill', 'nginx DAV'], {
        text: '× nginx DAV',
        needed: 1.2,
        aim: 1.8,
        bound: 'at least',
      }),
      ...ratioGoal(speeds, ['Waybill', 'disk alone'], {
        text: '× the disk alone, if the disk is the limit',
        needed: 0.9,
        bound: 'at least',
      }),
    ],
  }
}

function processorTimeOf(samples: Samples): WorkResult {
  const costs = [...samples]
    .filter(([name]) => !name.endsWith(' alone'))
    .map(([name, all]) =>
      measuredOf(
        name,
        all.map((one) => one.cpuSecondsPerGib),
      ),
    )
  return {
    id: 'single-put-processor',
    title: `${TITLE}: processor time`,
    method: 'User and system time of the server process, including its threads, in the same run.',
    unit: 'CPU s/GiB',
    isMoreBetter: false,
    measured: costs,
    goals: ratioGoal(costs, ['Waybill', '@tus/server'], {
      text: '× @tus/server',
      needed: 0.42,
      aim: 0.3,
      bound: 'at most',
    }),
  }
}

function toPeer(peer: Peer, { directory, options }: Bench): Contestant<PutSample> {
  return {
    name: peer.name,
    measure: async () => {
      const sample = await putOnce(peer.process, await peer.upload(options.putBytes))
      await removeStored(directory)
      return sample
    },
  }
}

/** Uploads `bodyBytes` bytes in one body, and removes them. */
export async function putToWaybill(
  waybill: Waybill,
  bodyBytes: number,
  checksums: readonly string[] = [],
): Promise<PutSample> {
  const { uploadUrl } = await createUpload(waybill, bodyBytes, checksums)
  const sample = await putOnce(waybill.process, { method: 'PUT', url: uploadUrl, headers: {}, bodyBytes })
  await removeStored(waybill.dataDirectory)
  return sample
}

export async function putToDiscard({ url, process }: LimitServer, bodyBytes: number): Promise<PutSample> {
  return putOnce(process, { method: 'PUT', url, headers: {}, bodyBytes })
}

/** Measures the disk alone: writes the same number of bytes, with a sync after each `chunkBytes`. */
export async function writeToDisk(
  { directory, limit }: Bench,
  bytes: number,
  chunkBytes: number,
): Promise<PutSample> {
  const milliseconds = await limit.disk(join(directory, 'disk-alone'), bytes, chunkBytes)
  await removeStored(directory)
  return { mibPerSecond: bytes / 1024 ** 2 / (milliseconds / 1000), cpuSecondsPerGib: 0 }
}
