import assert from 'node:assert/strict'
import { type Call, createCaller, type Reply } from '../../caller.ts'
import type { SeededRandom } from '../../seeded-random.ts'
import type { TestServer } from '../../start-server.ts'
import { act, type Kind, type Payload } from './client-acts.ts'
import type { Ledger } from './ledger.ts'

export interface Clients {
  /** Starts no new requests. From now on a connection may end without an answer, or with a 503. */
  stop(): void
  /** Returns the number of requests of each kind without an answer yet. */
  waiting(): ReadonlyMap<Kind, number>
  /** Resolves when all clients have ended. Rejects when an answer was not an expected one. */
  readonly ended: Promise<void>
}

export interface Watch {
  onBegin(kind: Kind): void
  onAnswer(kind: Kind, durationMs: number): void
}

const CLIENTS = 6

/** Error of a client that the end of the process has interrupted. */
const STOPPED = new Error('the process was killed')

/** Starts clients that send requests of every kind, and record the answers in the ledger. */
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
    // A 503 after the kill is like no answer: the action may have happened or not.
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
