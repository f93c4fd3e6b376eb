import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Agent } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { MIME_TYPE, type UploadTicket } from '../clients/api.ts'
import { within } from '../clients/eventually.ts'
import { MIB, randomPieces } from '../clients/random-file.ts'
import { acknowledgedBytes, openUpload, rangeHeaders, send } from '../clients/session.ts'
import { createTestDatabase, type TestDatabase, withoutPostgres } from '../postgres/test-database.ts'
import { createSeededRandom } from '../seeded-random.ts'
import { listeningUrl, runWaybill, spawnWaybill, startServer } from '../start-server.ts'
import { startWorkers } from '../workers/start-workers.ts'

const SIZE = 6 * MIB
const CHUNK = MIB
const bytesOf = (seed: string) => Buffer.concat([...randomPieces(seed, SIZE)])
const olderBytes = bytesOf('older')
const newerBytes = bytesOf('newer')

/** More in the long mode. */
const ROUNDS = Number(process.env.STOP_ROUNDS ?? 6)
const SEED = Number(process.env.STOP_SEED ?? Date.now() % 1_000_000)
const MAX_LATE_MS = 12

interface Process {
  readonly url: string
  readonly pid: number
  /** Returns an agent whose connection belongs to this process; absent when its URL is its own. */
  connect(): Promise<Agent | undefined>
}

interface Installation {
  /** The process that is suspended, and another one. */
  readonly processes: readonly [one: Process, other: Process]
  readonly organizationId: string
  readonly apiKey: string
  readonly dataDir: string
  stop(): Promise<void>
}

type Start = (env: Record<string, string>) => Promise<Installation>

/** Starts two processes, each with its own port. */
const startTwo: Start = async (env) => {
  const one = await startServer({ env })
  const child = spawnWaybill(one.dataDir, ['serve'], env)
  const ended = once(child, 'exit')
  const url = await listeningUrl(child)
  child.stdout.resume()
  const connect = async () => undefined
  return {
    ...one,
    processes: [
      { url: one.url, pid: one.pid, connect },
      { url, pid: child.pid ?? 0, connect },
    ],
    stop: async () => {
      child.kill('SIGKILL')
      await ended
      await one.stop()
    },
  }
}

/** Starts two workers, which share a port. While one is suspended, the other one accepts all new connections. */
const startBothWorkers: Start = async (env) => {
  const service = await startWorkers(2, env)
  const [one = 0, other = 0] = service.workers()
  const processOf = (pid: number) => ({ url: service.url, pid, connect: () => service.connectTo(pid) })
  return { ...service, processes: [processOf(one), processOf(other)] }
}

/** Tests two processes of one installation on one volume. */
function describeProcesses(
  name: string,
  start: Start,
  prepare: () => Promise<TestDatabase | null>,
  skip: string | false,
): void {
  describe(`two processes over ${name}`, { skip }, () => {
    const random = createSeededRandom(SEED)
    let database: TestDatabase | null
    let installation: Installation
    let one: Process
    let other: Process

    before(async () => {
      database = await prepare()
      const env = { RATE_LIMIT_PER_MINUTE: '0', ...(database && { DATABASE_URL: database.url }) }
      installation = await start(env)
      ;[one, other] = installation.processes
    })

    after(async () => {
      await installation?.stop()
      await database?.remove()
    })

    const api = async (origin: string, method: string, path: string, body?: object) => {
      const answer = await fetch(`${origin}/v1/organizations/${installation.organizationId}${path}`, {
        method,
        headers: { 'X-API-Key': installation.apiKey, ...(body && { 'Content-Type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      })
      assert.ok(answer.ok, await answer.clone().text())
      // biome-ignore lint/suspicious/noExplicitAny: JSON has the shape that the test asserts
      return (await answer.json()) as any
    }
    const open = (): Promise<UploadTicket> =>
      api(one.url, 'POST', '/files/upload-url', { filename: 'a.bin', file_size: SIZE, mime_type: MIME_TYPE })
    /** Returns the session URI at one of the processes, as a load balancer would choose it. */
    const at = (origin: string, { upload_url }: UploadTicket) =>
      upload_url.replace(new URL(upload_url).origin, origin)
    const stored = async (origin: string, ticket: UploadTicket): Promise<Buffer> => {
      const facts = { filename: 'a.bin', gcs_path: ticket.gcs_path, file_size: SIZE, mime_type: MIME_TYPE }
      const { id } = await api(origin, 'POST', '/files', facts)
      const { download_url } = await api(origin, 'GET', `/files/${id}/content`)
      return Buffer.from(await (await fetch(download_url)).arrayBuffer())
    }
    const pieces = async function* (bytes: Buffer) {
      yield bytes
    }

    it('alternately accept chunks of one upload', async () => {
      const ticket = await open()
      for (let start = 0; start < SIZE; start += CHUNK) {
        const { url, connect } = start % (2 * CHUNK) === 0 ? one : other
        const headers = rangeHeaders(start, start + CHUNK, SIZE)
        const agent = await connect()
        const answer = await send(
          { url: at(url, ticket), headers, ...(agent && { agent }) },
          pieces(newerBytes.subarray(start, start + CHUNK)),
        )
        assert.equal(answer.status, start + CHUNK === SIZE ? 200 : 308, answer.body)
      }
      assert.ok((await stored(other.url, ticket)).equals(newerBytes))
    })

    it(`let a suspended process write no byte after another one has taken over (seed ${SEED})`, async () => {
      let cut = 0
      for (let round = 1; round <= ROUNDS; round++) {
        const ticket = await open()
        const url = at(one.url, ticket)
        const start = random.chance(0.5) ? CHUNK : 0
        if (start > 0)
          await send({ url, headers: rangeHeaders(0, start, SIZE) }, pieces(olderBytes.subarray(0, start)))
        const agent = await one.connect()
        const older = openUpload({ url, headers: rangeHeaders(start, SIZE, SIZE), ...(agent && { agent }) })
        const isComplete = random.chance(0.3)
        const sent = isComplete ? SIZE : random.integer(start + 1, SIZE - 1)
        void older.write(pieces(olderBytes.subarray(start, sent))).then(() => isComplete && older.end())
        await setTimeout(random.integer(0, MAX_LATE_MS))
        process.kill(one.pid, 'SIGSTOP')
        try {
          const offset = await goOn(ticket)
          assert.ok(offset >= start, `${offset}`)
          process.kill(one.pid, 'SIGCONT')
          if (!isComplete) void older.write(pieces(olderBytes.subarray(sent)))
          const olderAnswer = await within(
            'the older request ends',
            older.answer.catch(() => null),
          )
          assertSwitch(await stored(other.url, ticket), offset)
          // A process that had all bytes before it was suspended may answer with the same object.
          if (olderAnswer === null) cut++
          else assert.equal(olderAnswer.status, 200, olderAnswer.body)
        } finally {
          process.kill(one.pid, 'SIGCONT')
          older.cut()
        }
      }
      const found = JSON.parse(
        await runWaybill(
          installation.dataDir,
          ['scrub', '--json'],
          database ? { DATABASE_URL: database.url } : {},
        ),
      )
      assert.deepEqual(found.damage ?? found.damaged, [])
      console.log(
        `two processes over ${name}: ${ROUNDS} rounds, ${cut} times woken and cut, 0 losses (seed ${SEED})`,
      )
    })

    /** Queries the status at the other process, and sends the rest to it. Returns the offset at which it began. */
    async function goOn(ticket: UploadTicket): Promise<number> {
      const url = at(other.url, ticket)
      const asked = await send({ url, headers: { 'Content-Range': `bytes */${SIZE}`, 'Content-Length': 0 } })
      if (asked.status === 200) return SIZE
      const offset = acknowledgedBytes(asked)
      if (SIZE - offset > CHUNK && random.chance(0.5)) {
        const headers = rangeHeaders(offset, offset + CHUNK, SIZE)
        const chunk = await send({ url, headers }, pieces(newerBytes.subarray(offset, offset + CHUNK)))
        assert.equal(acknowledgedBytes(chunk), offset + CHUNK, chunk.body)
      }
      const headers = rangeHeaders(offset, SIZE, SIZE)
      const finished = await send({ url, headers }, pieces(newerBytes.subarray(offset)))
      assert.equal(finished.status, 200, finished.body)
      return offset
    }
  })
}

/** Asserts that the bytes before `offset` are those of the older writer, and the others those of the newer one. */
function assertSwitch(bytes: Buffer, offset: number): void {
  assert.ok(bytes.subarray(0, offset).equals(olderBytes.subarray(0, offset)), `before byte ${offset}`)
  assert.ok(bytes.subarray(offset).equals(newerBytes.subarray(offset)), `from byte ${offset} on`)
}

describeProcesses('SQLite', startTwo, async () => null, false)
describeProcesses('PostgreSQL', startTwo, createTestDatabase, withoutPostgres)
describeProcesses('SQLite as workers', startBothWorkers, async () => null, false)
