import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { type CallerRequest, type Load, runCallers } from '../load/callers.ts'
import { measuredOfAll, ratioGoal, type WorkResult } from '../result.ts'
import { type S3Server, startS3Waybill } from '../s3.ts'
import { startS3rver } from '../s3-peer.ts'
import type { Waybill } from '../waybill.ts'
import type { Bench, Work } from './work.ts'

const CALLERS = 32
const BODY = randomBytes(4096)
/** As long as that of Node's fetch. */
const BOUNDARY = '----formdata-undici-012345678901'
const FORM = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
const TUS_BODY = {
  'tus-resumable': '1.0.0',
  'upload-length': String(BODY.length),
  'content-type': 'application/offset+octet-stream',
}

const DIRECT = 'Waybill, direct upload'
const TUS = 'Waybill, tus'
const OPENAI = 'Waybill, OpenAI'
const S3 = 'Waybill, S3'
const PEER = '@tus/server'

/** Measures many small files, each stored with one request, in each way that the service has for it. */
export const oneRequestWork: Work = { id: 'one-request', measure: measureOneRequest }

async function measureOneRequest({ directory, options, peers }: Bench): Promise<WorkResult[]> {
  const waybill = await startS3Waybill(join(directory, 'one-request'))
  const s3rver = await startS3rver(join(directory, 'one-request-s3rver'))
  const perRound = Math.ceil(options.smallFiles / options.rounds)
  const { tus } = peers
  const samples = await alternate(options.rounds, [
    { name: DIRECT, measure: () => uploadDirectly(waybill, perRound) },
    {
      name: TUS,
      measure: () => createWithTus(`${waybill.filesUrl}/tus`, perRound, { 'x-api-key': waybill.apiKey }),
    },
    { name: OPENAI, measure: () => uploadWithOpenai(waybill, perRound) },
    { name: S3, measure: () => putObjects(waybill, perRound) },
    ...(tus === null ? [] : [{ name: PEER, measure: () => createWithTus(tus.url, perRound) }]),
    { name: 's3rver', measure: () => putObjects(s3rver, perRound) },
  ])
  await waybill.process.stop()
  await s3rver.process.stop()
  const measured = measuredOfAll(samples, (one) => one.perSecond)
  return [
    {
      id: 'one-request',
      title: 'Files of 4 KiB in one request, 32 callers',
      method:
        'One request stores the file: a form, the creation of an upload with all of its bytes (tus), or PutObject with a ' +
        'presigned URL. Waybill answers when the bytes and the File are durable; @tus/server and s3rver sync nothing.',
      unit: 'files/s',
      isMoreBetter: true,
      measured,
      goals: [DIRECT, TUS, OPENAI, S3].flatMap((name) =>
        ratioGoal(measured, [name, PEER], {
          text: `${name.replace('Waybill, ', '')}: × @tus/server`,
          needed: 0.6,
          aim: 1.2,
          bound: 'at least',
        }),
      ),
    },
  ]
}

/** Creates uploads of tus with all of their bytes. */
export function createWithTus(
  creationUrl: string,
  count: number,
  key: Readonly<Record<string, string>> = {},
): Promise<Load> {
  const { origin, pathname } = new URL(creationUrl)
  const headers = { ...key, ...TUS_BODY }
  return sendMany(origin, Array(count).fill({ method: 'POST', path: pathname, headers, body: BODY }))
}

function uploadDirectly({ filesUrl, apiKey }: Waybill, count: number): Promise<Load> {
  const { origin, pathname } = new URL(filesUrl)
  const request = {
    method: 'POST',
    path: `${pathname}/upload`,
    headers: { ...FORM, 'x-api-key': apiKey },
    body: formOf(filePart()),
  } as const
  return sendMany(origin, Array(count).fill(request))
}

function uploadWithOpenai({ url, apiKey }: Waybill, count: number): Promise<Load> {
  const request = {
    method: 'POST',
    path: '/v1/files',
    headers: { ...FORM, authorization: `Bearer ${apiKey}` },
    body: formOf(Buffer.from('Content-Disposition: form-data; name="purpose"\r\n\r\nuser_data'), filePart()),
  } as const
  return sendMany(url, Array(count).fill(request))
}

/** Stores objects under names of their own; their URLs are signed before the measurement. */
async function putObjects(server: S3Server, count: number): Promise<Load> {
  const run = randomBytes(6).toString('hex')
  const urls = await Promise.all(
    Array.from({ length: count }, (_, index) => server.presign('PUT', `${run}/${index}.bin`)),
  )
  const requests = urls.map((url) => {
    const { pathname, search } = new URL(url)
    return { method: 'PUT', path: pathname + search, body: BODY } as const
  })
  return sendMany(new URL(urls[0] ?? '').origin, requests)
}

function sendMany(origin: string, requests: readonly CallerRequest[]): Promise<Load> {
  return runCallers(origin, CALLERS, requests, async (call, request) => {
    await call(request)
  })
}

function filePart(): Buffer {
  const disposition = 'Content-Disposition: form-data; name="file"; filename="bench.bin"'
  return Buffer.concat([
    Buffer.from(`${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n`),
    BODY,
  ])
}

function formOf(...parts: readonly Buffer[]): Buffer {
  const delimiter = Buffer.from(`--${BOUNDARY}\r\n`)
  const lineEnd = Buffer.from('\r\n')
  const end = Buffer.from(`--${BOUNDARY}--\r\n`)
  return Buffer.concat([...parts.flatMap((part) => [delimiter, part, lineEnd]), end])
}
