import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Agent, type Dispatcher } from 'undici'
import { alternate } from '../alternate.ts'
import { measuredOfAll, type WorkResult } from '../result.ts'
import { seedFiles, seedSessions } from '../seed-files.ts'
import { percentile, summarize } from '../statistics.ts'
import {
  createInstallation,
  createUpload,
  ORGANIZATION,
  serveInstallation,
  type Waybill,
} from '../waybill.ts'
import type { Bench, Work } from './work.ts'

const CALLERS = 8
const REQUESTS_PER_MINUTE = 348
const PING_EVERY_MS = 20
const LIMIT = 100
/** Number of uploads with stored bytes: the list queries the storage for each. */
const BEGUN_UPLOADS = 200
const CHUNK_BYTES = 256 * 1024
const NEEDED_MS = 20
const WARM_UP_PINGS = 20

/** Measures the health check while clients of one key request the most expensive pages. */
export const tenantsWork: Work = { id: 'tenants', measure: measureTenants }

async function measureTenants({ directory, options }: Bench): Promise<WorkResult[]> {
  const { manyFiles, manySessions, pings, rounds } = options
  const installation = await createInstallation(join(directory, 'tenants'))
  seedFiles(installation, ORGANIZATION, manyFiles)
  seedSessions(installation, ORGANIZATION, manySessions)
  const waybill = await serveInstallation({
    ...installation,
    settings: { ...installation.settings, MAX_OPEN_SESSIONS: '1000000' },
  })
  await beginUploads(waybill)
  const perRound = Math.ceil(pings / rounds)
  const paths = costlyPaths(manyFiles, manySessions)
  // The first request to a route compiles its schemas.
  await pingBeside(waybill, WARM_UP_PINGS, paths, 0)
  const names = {
    alone: 'health alone',
    paced: `health with ${REQUESTS_PER_MINUTE} lists per minute`,
    unpaced: 'health with lists without a pause',
  }
  const samples = await alternate(rounds, [
    { name: names.alone, measure: () => ping(waybill, perRound) },
    {
      name: names.paced,
      measure: () => pingBeside(waybill, perRound, paths, (CALLERS * 60_000) / REQUESTS_PER_MINUTE),
    },
    { name: names.unpaced, measure: () => pingBeside(waybill, perRound, paths, 0) },
  ])
  await waybill.process.stop()
  const p99 = (all: readonly number[]) => percentile(all, 0.99)
  return [
    {
      id: 'tenants',
      title: `Health check with ${CALLERS} callers of one key`,
      method:
        `The callers request pages of files and of open uploads (the first, the deepest, and by cursor) in an organization with ` +
        `${manyFiles.toLocaleString('en')} files and ${manySessions.toLocaleString('en')} open sessions. ` +
        `\`GET /v1/health\` is requested every ${PING_EVERY_MS} ms; the figures are the median and the range of the 99th percentiles of the rounds.`,
      unit: 'ms, p99',
      isMoreBetter: false,
      measured: measuredOfAll(samples, p99),
      goals: [
        {
          text: `p99 of "${names.paced}"`,
          measured: summarize((samples.get(names.paced) ?? []).map(p99)).median,
          needed: NEEDED_MS,
          aim: null,
          bound: 'at most',
          unit: 'ms',
        },
      ],
    },
  ]
}

/** Opens uploads and sends one chunk of each, so that they have bytes on disk. */
async function beginUploads(waybill: Waybill): Promise<void> {
  const body = Buffer.alloc(CHUNK_BYTES)
  for (let upload = 0; upload < BEGUN_UPLOADS; upload++) {
    const { uploadUrl } = await createUpload(waybill, 2 * CHUNK_BYTES)
    const headers = { 'content-range': `bytes 0-${CHUNK_BYTES - 1}/${2 * CHUNK_BYTES}` }
    const { status } = await fetch(uploadUrl, { method: 'PUT', headers, body })
    if (status !== 308) throw new Error(`a chunk was answered with ${status}`)
  }
}

/** Returns a path for each kind of page that could be expensive; pages beyond the depth limit are refused. */
function costlyPaths(files: number, sessions: number): readonly string[] {
  const filesUrl = `/v1/organizations/${ORGANIZATION}/files`
  const last = (entries: number) => Math.max(1, Math.floor(entries / LIMIT))
  const queries = (entries: number) => [
    '',
    `&page=${last(entries)}`,
    `&page=${last(Math.min(entries, 10_000))}`,
    `&page=${last(entries / 2)}`,
  ]
  return [
    ...queries(files).map((query) => `${filesUrl}?limit=${LIMIT}${query}`),
    `${filesUrl}?limit=${LIMIT}&after=file_${Math.ceil(files / 2)
      .toString(16)
      .padStart(32, '0')}`,
    ...queries(sessions).map((query) => `${filesUrl}/uploads?limit=${LIMIT}${query}`),
  ]
}

/** Returns the latency of each request in milliseconds; requests do not wait for the previous response. */
async function ping({ url }: Waybill, count: number): Promise<readonly number[]> {
  const agent = new Agent()
  const answers: Promise<number>[] = []
  for (let sent = 0; sent < count; sent++) {
    answers.push(timed(agent, url))
    await wait(PING_EVERY_MS)
  }
  const latenciesMs = await Promise.all(answers)
  await agent.close()
  return latenciesMs
}

async function timed(agent: Agent, url: string): Promise<number> {
  const startMs = performance.now()
  const { statusCode } = await get(agent, `${url}/v1/health`)
  if (statusCode !== 200) throw new Error(`health answered ${statusCode}`)
  return performance.now() - startMs
}

async function pingBeside(
  waybill: Waybill,
  count: number,
  paths: readonly string[],
  everyMs: number,
): Promise<readonly number[]> {
  const stopping = new AbortController()
  const callers = Array.from({ length: CALLERS }, (_, caller) =>
    callUntil(stopping.signal, waybill, paths, caller, everyMs),
  )
  const latenciesMs = await ping(waybill, count)
  stopping.abort()
  await Promise.all(callers)
  return latenciesMs
}

async function callUntil(
  stopping: AbortSignal,
  { url, apiKey }: Waybill,
  paths: readonly string[],
  caller: number,
  everyMs: number,
): Promise<void> {
  const agent = new Agent({ connections: 1 })
  await wait((caller * everyMs) / CALLERS)
  for (let call = caller; !stopping.aborted; call++) {
    const startMs = performance.now()
    const { statusCode } = await get(agent, `${url}${paths[call % paths.length]}`, { 'x-api-key': apiKey })
    if (statusCode !== 200 && statusCode !== 422) throw new Error(`a list answered ${statusCode}`)
    await wait(Math.max(0, everyMs - (performance.now() - startMs)))
  }
  await agent.close()
}

async function get(
  agent: Agent,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Dispatcher.ResponseData> {
  const answer = await agent.request({
    origin: new URL(url).origin,
    path: url.slice(new URL(url).origin.length),
    method: 'GET',
    headers,
  })
  await answer.body.dump({ limit: 10_000_000 })
  return answer
}
