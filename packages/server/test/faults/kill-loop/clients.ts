import assert from 'node:assert/strict'
import { type Call, createCaller, type Reply } from '../../caller.ts'
import type { SeededRandom } from '../../seeded-random.ts'
import type { TestServer } from '../../start-server.ts'
import { act, type Kind, type Payload } from './client-acts.ts'
import type { Ledger } from './ledger.ts'

export interface Clients {
  /** From now on a connection may end without an answer, or with a 503, and nothing new is begun. */
  stop(): void
  /** How many requests of each kind wait for their answers. */
  waiting(): ReadonlyMap<Kind, number>
  /** Resolves when all have ended; rejects where an answer was not the one that was due. */
  readonly ended: Promise<void>
}

export interface Watch {
  onBegin(kind: Kind): void
  onAnswer(kind: Kind, durationMs: number): void
}

const CLIENTS = 6

/** What a client throws that the end of the process has interrupted. */
const STOPPED = new Error('the process was killed')

/** Several clients that do everything a service can be asked, and write down what they were told. */
export function startClients(
  server: TestServer,
  ledger: Ledger,
  random: SeededRandom,
  watch: Watch,
): Clients {
  const caller = createCaller()
  const waiting = new Map<Kind, number>()
  let isStopped = false

  const send = async (kind: Kind, call: Call): Promise<Reply> => {
    if (isStopped) throw STOPPED
    waiting.set(kind, (waiting.get(kind) ?? 0) + 1)
    watch.onBegin(kind)
    const begunMs = performance.now()
    const reply = await caller.call(call)
    waiting.set(kind, (waiting.get(kind) ?? 0) - 1)
    if (reply) watch.onAnswer(kind, performance.now() - begunMs)
    // What could not be finished may have happened or not, as without an answer.
    if (reply && !(isStopped && reply.status === 503)) return reply
    assert.ok(isStopped, `${call.method} ${call.url} got no answer from a process that lives`)
    throw STOPPED
  }

  const api = (kind: Kind, method: string, path: string, payload?: Payload) =>
    send(kind, {
      method,
      url: `${server.baseUrl}${path}`,
      headers: {
        'X-API-Key': server.apiKey,
        ...(payload && { 'Content-Type': payload.contentType }),
      },
      ...(payload && { body: payload.body }),
    })

  const client = async () => {
    try {
      while (!isStopped) await act({ ledger, random, send, api })
    } catch (error) {
      isStopped = true
      if (error !== STOPPED) throw error
    }
  }
  const ended = Promise.all(Array.from({ length: CLIENTS }, client)).then(() => caller.close())
  return {
    ended,
    waiting: () => waiting,
    stop: () => {
      isStopped = true
    },
  }
}
