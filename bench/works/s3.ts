import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { getBody } from '../load/get-body.ts'
import { type PutSample, putOnce } from '../load/put-once.ts'
import { removeStored } from '../remove-stored.ts'
import { measuredOfAll, ratioGoal, type WorkResult } from '../result.ts'
import { type S3Server, startS3Waybill } from '../s3.ts'
import { startS3rver } from '../s3-peer.ts'
import { storeFile } from './range.ts'
import { putToWaybill } from './single-put.ts'
import type { Bench, Work } from './work.ts'

const S3 = 'Waybill, S3'
const S3_OPAQUE = 'Waybill, S3, opaque ETags'
const OWN = 'Waybill, own protocol'
const S3RVER = 's3rver'

/** Measures the interface for S3 against the protocol of the service itself, on the same server, and against s3rver. */
export const s3Work: Work = { id: 's3', measure: measureS3 }

async function measureS3({ directory, options }: Bench): Promise<WorkResult[]> {
  const { rounds, putBytes, downloadBytes } = options
  const waybill = await startS3Waybill(join(directory, 's3'))
  const opaque = await startS3Waybill(join(directory, 's3-opaque'), { S3_ETAG: 'opaque' })
  const s3rver = await startS3rver(join(directory, 's3rver'))
  const puts = await alternate(rounds, [
    { name: S3, measure: () => putObject(waybill, putBytes) },
    { name: S3_OPAQUE, measure: () => putObject(opaque, putBytes) },
    { name: OWN, measure: () => putToWaybill(waybill, putBytes) },
    { name: S3RVER, measure: () => putObject(s3rver, putBytes) },
  ])
  await opaque.process.stop()
  const ownUrl = await storeFile(waybill, downloadBytes)
  const s3Url = await storeObject(waybill, downloadBytes)
  const s3rverUrl = await storeObject(s3rver, downloadBytes)
  const gets = await alternate(rounds, [
    { name: S3, measure: () => download(s3Url, downloadBytes) },
    { name: OWN, measure: () => download(ownUrl, downloadBytes) },
    { name: S3RVER, measure: () => download(s3rverUrl, downloadBytes) },
  ])
  await waybill.process.stop()
  await s3rver.process.stop()
  return [putResult(puts), processorResult(puts), getResult(gets)]
}

function putResult(samples: ReadonlyMap<string, readonly PutSample[]>): WorkResult {
  const speeds = measuredOfAll(samples, ({ mibPerSecond }) => mibPerSecond)
  return {
    id: 's3',
    title: 'S3: PutObject of 1 GiB',
    method:
      'One request with a presigned URL, whose body is not hashed by the client. The service computes the MD5 for the ETag ' +
      'and creates the File in the same request; with S3_ETAG=opaque it computes no MD5. The own protocol sends the same ' +
      'body to an upload URL, without an MD5. s3rver computes the MD5, and does not sync.',
    unit: 'MiB/s',
    isMoreBetter: true,
    measured: speeds,
    goals: [
      ...ratioGoal(speeds, [S3, OWN], { text: '× the own protocol', needed: 0.4, bound: 'at least' }),
      ...ratioGoal(speeds, [S3_OPAQUE, OWN], {
        text: 'opaque ETags: × the own protocol',
        needed: 0.9,
        bound: 'at least',
      }),
    ],
  }
}

function processorResult(samples: ReadonlyMap<string, readonly PutSample[]>): WorkResult {
  const costs = measuredOfAll(samples, ({ cpuSecondsPerGib }) => cpuSecondsPerGib)
  return {
    id: 's3-processor',
    title: 'S3: PutObject of 1 GiB: processor time',
    method: 'User and system time of the server process, including its threads, in the same run.',
    unit: 'CPU s/GiB',
    isMoreBetter: false,
    measured: costs,
    goals: ratioGoal(costs, [S3_OPAQUE, OWN], {
      text: 'opaque ETags: × the own protocol',
      needed: 1.2,
      bound: 'at most',
    }),
  }
}

function getResult(samples: ReadonlyMap<string, readonly number[]>): WorkResult {
  const speeds = measuredOfAll(samples, (value) => value)
  return {
    id: 's3-download',
    title: 'S3: GetObject of 1 GiB',
    method:
      'A presigned URL against a download URL of the service. Both verify each block before they send it; s3rver does not.',
    unit: 'MiB/s',
    isMoreBetter: true,
    measured: speeds,
    goals: ratioGoal(speeds, [S3, OWN], { text: '× the own protocol', needed: 0.9, bound: 'at least' }),
  }
}

async function putObject(server: S3Server, bodyBytes: number): Promise<PutSample> {
  const url = await server.presign('PUT', `${randomBytes(6).toString('hex')}.bin`)
  const sample = await putOnce(server.process, { method: 'PUT', url, headers: {}, bodyBytes })
  await removeStored(server.dataDirectory)
  return sample
}

/** Stores an object of `bodyBytes` bytes; returns a presigned URL for it. */
async function storeObject(server: S3Server, bodyBytes: number): Promise<string> {
  const url = await server.presign('PUT', 'download.bin')
  await putOnce(server.process, { method: 'PUT', url, headers: {}, bodyBytes })
  return server.presign('GET', 'download.bin')
}

async function download(url: string, expectedBytes: number): Promise<number> {
  const { bodyBytes, totalMs } = await getBody(url)
  if (bodyBytes !== expectedBytes) throw new Error(`${url} gave ${bodyBytes} bytes`)
  return bodyBytes / 1024 ** 2 / (totalMs / 1000)
}
