import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { createSeededRandom } from '../../seeded-random.ts'
import { spawnWaybill, startServer, type TestServer } from '../../start-server.ts'
import { sweepInstallation } from '../../sweep-installation.ts'
import { KINDS, type Kind } from './client-acts.ts'
import { startClients } from './clients.ts'
import { createLedger } from './ledger.ts'
import { verifyLedger } from './verify-ledger.ts'

/** More in the long mode. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 3)
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000)

/** Assumed duration of a request of a kind that was not measured yet. */
const FIRST_DURATION_MS = 10
const MAX_REQUESTS_BEFORE = 60
/** Limit of requests when the awaited kind does not come. */
const MAX_REQUESTS = 600

describe('a process that is killed at a random moment, again and again', () => {
  const random = createSeededRandom(SEED)
  const ledger = createLedger()
  const unanswered = new Map<Kind | 'sweep', number>()
  /** Duration of the last request of each kind. */
  const durations = new Map<Kind | 'sweep', number>()
  let requests = 0
  let server: TestServer

  before(async () => {
    server = await startServer({ env: { RATE_LIMIT_PER_MINUTE: '0' } })
  })

  after(() => server?.stop())

  it(`keeps everything that it acknowledged, and shows nothing else (seed ${SEED})`, async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      await workUntilKilled()
      server = await server.restart()
      await verifyLedger(server, ledger)
      await verifySwept()
    }
    const counts = [...unanswered].map(([kind, count]) => `${count} ${kind}`).join(', ')
    console.log(
      `kill -9: ${ROUNDS} rounds, ${requests} requests, 0 losses; unanswered at the kill: ${counts} (seed ${SEED})`,
    )
  })

  /** Runs random clients and a sweep, and kills the process during a request of a chosen kind. */
  async function workUntilKilled(): Promise<void> {
    const awaited = random.pick([...KINDS, 'sweep' as const])
    let left = random.integer(1, awaited === 'sweep' ? MAX_REQUESTS_BEFORE * 3 : MAX_REQUESTS_BEFORE / 4)
    let begun = 0
    const { promise: isTime, resolve } = Promise.withResolvers<void>()
    const onBegin = (kind: Kind) => {
      begun++
      if (awaited === 'sweep' || kind === awaited) left--
      if (left <= 0 || begun > MAX_REQUESTS) resolve()
    }
    const onAnswer = (kind: Kind, durationMs: number) => durations.set(kind, durationMs)
    const clients = startClients(server, ledger, random, { onBegin, onAnswer })
    const sweeping = spawnWaybill(server.dataDir, ['sweep', '--json'])
    const swept = once(sweeping, 'exit')
    sweeping.stdout.resume()
    await Promise.race([isTime, clients.ended])
    // At a random moment during the awaited request, or just after it.
    await setTimeout(random.integer(0, Math.ceil(durations.get(awaited) ?? FIRST_DURATION_MS)))
    clients.stop()
    for (const [kind, count] of clients.waiting()) note(kind, count)
    if (sweeping.exitCode === null) note('sweep', 1)
    sweeping.kill('SIGKILL')
    await Promise.all([server.kill('SIGKILL'), swept])
    await clients.ended
    requests += begun
  }

  function note(kind: Kind | 'sweep', count: number): void {
    unanswered.set(kind, (unanswered.get(kind) ?? 0) + count)
  }

  /** Asserts that no object is missing or unreadable, and that a second sweep finds nothing. */
  async function verifySwept(): Promise<void> {
    const found = await sweepInstallation(server.dataDir, false)
    assert.deepEqual(
      found.filter(({ outcome }) => outcome !== 'removed'),
      [],
    )
    assert.deepEqual(await sweepInstallation(server.dataDir, true), [])
  }
})
