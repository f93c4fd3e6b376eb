import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { isFault } from '../../src/protocols/http/error-status.ts'
import { type Caller, createCaller } from '../caller.ts'
import { eventually } from '../clients/eventually.ts'
import { createSeededRandom } from '../seeded-random.ts'
import { runWaybill, startServer, type TestServer } from '../start-server.ts'
import { sweepInstallation } from '../sweep-installation.ts'
import { goodRequest, type Operation, operationsOf } from './good-request.ts'
import type { KnownThings } from './known-things.ts'
import { leftBehind } from './left-behind.ts'
import { residentBytes } from './resident-bytes.ts'
import { createSender, type Outcome } from './sender.ts'
import { type SpoiledRequest, spoil, withEachStrangeHeader } from './spoil.ts'
import { makeThings, removeEverything } from './tidy-up.ts'

/** More in the long mode. */
const REQUESTS = Number(process.env.ABUSE_REQUESTS ?? 1000)
const SEED = Number(process.env.ABUSE_SEED ?? Date.now() % 1_000_000)

const SENDERS = 8
/** Number of requests after which everything that they created is removed, so that they do not exhaust the quota. */
const ROUND_REQUESTS = 500
const STORAGE_LIMIT = '50MB'
/** Memory limit for normal growth of the heap. In the long mode, a leak of a kilobyte per request exceeds it. */
const MAX_GROWTH_BYTES = 200_000_000

const MAX_SHOWN = 2000

const skip = process.platform !== 'linux' && 'the memory of a process is read from /proc'
const document = JSON.parse(await readFile(new URL('../../../../api/openapi.json', import.meta.url), 'utf8'))
/** Without the stream of events, which has no end. */
const documented = operationsOf(document).filter(({ operationId }) => operationId !== 'streamEvents')
/** Session URIs twice, because their protocol is the most complex one. */
const operations = [...documented, ...documented.filter(({ path }) => path.startsWith('/upload/'))]

describe('requests of every kind, corrupted in every way', { skip }, () => {
  const random = createSeededRandom(SEED)
  const answers = new Map<string, number>()
  const faults: string[] = []
  let server: TestServer
  let caller: Caller

  before(async () => {
    server = await startServer({ env: { RATE_LIMIT_PER_MINUTE: '0' }, onOutput: findFaults })
    caller = createCaller()
    const limit = ['organizations', 'update', server.organizationId, '--storage-limit', STORAGE_LIMIT]
    await runWaybill(server.dataDir, limit)
  })

  after(async () => {
    caller?.close()
    await server?.stop()
  })

  it(`cause no internal error, crash, memory leak or leftover bytes (seed ${SEED})`, async () => {
    const { pid } = server
    let warmBytes = 0
    let known = await makeThings(server, caller)
    await sendEachStrangeHeader(known)
    await removeEverything(server, caller, known)
    for (let sent = 0; sent < REQUESTS; sent += ROUND_REQUESTS) {
      if (warmBytes === 0 && sent >= REQUESTS / 3) warmBytes = await residentBytes(pid)
      known = await makeThings(server, caller)
      await sendSome(known, Math.min(ROUND_REQUESTS, REQUESTS - sent))
      await removeEverything(server, caller, known)
    }
    const endBytes = await residentBytes(pid)
    assert.equal((await fetch(`${server.url}/v1/health`)).status, 200)
    const left = await removeAndSweep(known)
    const counts = [...answers].sort().map(([kind, count]) => `${count} ${kind}`)
    console.log(
      `spoiled requests: ${REQUESTS} requests, ${faults.length} faults, ${left.length} files left behind, memory ${mb(warmBytes)} → ${mb(endBytes)} MB; ${counts.join(', ')} (seed ${SEED})`,
    )
    assert.equal(faults.length, 0, faults.slice(0, 3).join('\n\n'))
    assert.deepEqual(left, [])
    assert.ok(endBytes - warmBytes < MAX_GROWTH_BYTES, `from ${mb(warmBytes)} to ${mb(endBytes)} MB`)
  })

  /** Removes everything, and returns the remaining files after the requests of closed connections have ended too. */
  async function removeAndSweep(known: KnownThings): Promise<string[]> {
    let left: string[] = []
    const isEmpty = async () => {
      await removeEverything(server, caller, known)
      await sweepInstallation(server.dataDir, false)
      left = await leftBehind(server.dataDir)
      return left.length === 0
    }
    await eventually('nothing is left behind', isEmpty).catch(() => {})
    return left
  }

  /** Asserts that the log contains no error, because a client may not have waited for the answer. */
  function findFaults(text: string): void {
    if (text.includes('"level":50') || text.includes('"level":60')) faults.push(text.slice(0, MAX_SHOWN))
  }

  /** Sends every strange header to the operations that read most headers. Random choice would miss combinations. */
  async function sendEachStrangeHeader(known: KnownThings): Promise<void> {
    const isMeant = ({ method, path, operationId }: Operation) =>
      operationId === 'downloadFile' ||
      (method === 'PUT' && path.startsWith('/upload/')) ||
      (method === 'PATCH' && path.startsWith('/upload/')) ||
      (method === 'POST' && /\/files\/(tus|resumable)$/.test(path))
    const sender = createSender(Number(new URL(server.url).port))
    for (const operation of documented.filter(isMeant)) {
      const count = withEachStrangeHeader(goodRequest(operation, known, random)).length
      for (let index = 0; index < count; index++) {
        const request = withEachStrangeHeader(goodRequest(operation, known, random))[index]
        if (request) note(request, await sender.send(request))
      }
    }
    sender.close()
  }

  async function sendSome(known: KnownThings, count: number): Promise<void> {
    let left = count
    const client = async () => {
      const sender = createSender(Number(new URL(server.url).port))
      while (left-- > 0) {
        const request = spoil(goodRequest(random.pick(operations), known, random), random)
        note(request, await sender.send(request))
      }
      sender.close()
    }
    await Promise.all(Array.from({ length: SENDERS }, client))
  }

  function note(request: SpoiledRequest, outcome: Outcome): void {
    const { statuses, text } = outcome
    for (const status of statuses) count(`${Math.floor(status / 100)}xx`)
    if (statuses.length === 0)
      count(request.isComplete ? 'without an answer' : 'broken and without an answer')
    // The only 503 of the protocol that is not an error of the service: a gap.
    const gaps = text.split('According to the Content-Range header, the upload offset is').length - 1
    if (statuses.filter((status) => isFault(status)).length <= gaps) return
    const sent = JSON.stringify(request.bytes.toString('latin1').slice(0, MAX_SHOWN))
    faults.push(`${text.slice(0, MAX_SHOWN)}\n\nwas the answer to\n\n${sent}`)
  }

  function count(kind: string): void {
    answers.set(kind, (answers.get(kind) ?? 0) + 1)
  }
})

function mb(bytes: number): number {
  return Math.round(bytes / 1e6)
}
