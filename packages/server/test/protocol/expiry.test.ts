import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually, type Request } from './exchange.ts'
import {
  KIB_256,
  queryStatus,
  type Session,
  send,
  sendChunk,
  someBytes,
  startBody,
  useServer,
} from './session.ts'

const SIZE = 2 * KIB_256 + 1000
const object = someBytes(SIZE)

const LATER_REQUESTS: Record<string, Request> = {
  'a status query': { range: 'bytes */*' },
  'a status query with the size': { range: `bytes */${SIZE}` },
  'the next chunk': {
    range: `bytes ${KIB_256}-${2 * KIB_256 - 1}/*`,
    body: object.subarray(KIB_256, 2 * KIB_256),
  },
  'the object': { body: object },
  'the object by POST': { method: 'POST', body: object, transfer: 'chunked' },
  'an open range': { range: 'bytes 0-*/*', body: object, transfer: 'chunked' },
  'a gap': { range: `bytes ${SIZE - 1}-*/*`, body: object.subarray(SIZE - 1) },
  'a range that cannot be parsed': { range: 'nonsense', transfer: 'no body' },
  'a cancellation': { method: 'DELETE', transfer: 'no body' },
}

describe('An expired session', () => {
  const server = useServer({ UPLOAD_SESSION_SECONDS: '1' })

  async function openExpired(): Promise<Session> {
    const session = await server.open(SIZE)
    await sendChunk(session, object, 0, KIB_256)
    const status = await eventually('the session expires', async () => {
      const answer = await queryStatus(session)
      return answer.status === 308 ? undefined : answer.status
    })
    assert.equal(status, 410)
    return session
  }

  it('answers 410 to everything, and cannot be registered', async () => {
    const session = await openExpired()
    for (const [name, request] of Object.entries(LATER_REQUESTS)) {
      assert.equal((await send(session, request)).status, 410, name)
    }
    assert.equal((await server.register(session)).status, 410)
    const waiting = await startBody(session, { headers: { Expect: '100-continue' } }, SIZE)
    assert.equal((await waiting.answer()).status, 410)
    waiting.destroy()
  })
})
