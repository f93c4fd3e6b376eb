import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { encodeChunks, finalAnswer, LAST_CHUNK, type Request } from './exchange.ts'
import {
  assertCanFinish,
  assertObject,
  KIB_256,
  offsetBecomes,
  send,
  someBytes,
  startBody,
  useServer,
} from './session.ts'

const SIZE = 2 * KIB_256 + 1000
const SENT = 100_003
const object = someBytes(SIZE)

const REQUESTS: Record<string, Request> = {
  'a complete object': {},
  'a complete object, chunked': { transfer: 'chunked' },
  'a chunk': { range: `bytes 0-${SIZE - 1}/${SIZE}` },
  'an open range': { range: 'bytes 0-*/*', transfer: 'chunked' },
}

// Each case waits for a second, so they run concurrently.
describe('With an idle timeout of one second', { concurrency: true }, () => {
  const server = useServer({ UPLOAD_IDLE_SECONDS: '1' })

  for (const [name, request] of Object.entries(REQUESTS)) {
    for (const sent of [0, SENT]) {
      it(`an idle connection after ${sent} bytes of ${name} is closed, and its bytes are kept`, async () => {
        const session = await server.open(SIZE)
        const connection = await startBody(session, request, SIZE)
        const bytes = object.subarray(0, sent)
        await connection.write(request.transfer === 'chunked' ? encodeChunks(bytes) : bytes)
        await connection.closed()
        connection.destroy()
        await offsetBecomes(session, sent)
        await assertCanFinish(session, object)
      })
    }

    it(`a slow client may take longer than that in total with ${name}`, async () => {
      const session = await server.open(SIZE)
      const connection = await startBody(session, request, SIZE)
      const pieces = 8
      for (let piece = 0; piece < pieces; piece++) {
        const [start, end] = [piece, piece + 1].map((index) => Math.floor((index * SIZE) / pieces))
        const bytes = object.subarray(start, end)
        await connection.write(request.transfer === 'chunked' ? encodeChunks(bytes) : bytes)
        // 8 pauses of 250 ms are twice the timeout in total.
        await pause(250)
      }
      if (request.transfer === 'chunked') await connection.write(LAST_CHUNK)
      assertObject(await finalAnswer(connection), session, object)
      connection.destroy()
    })
  }

  it('an idle client does not prevent another one from continuing at once', async () => {
    const session = await server.open(SIZE)
    const silent = await startBody(session, {}, SIZE)
    await silent.write(object.subarray(0, SENT))
    assertObject(await send(session, { body: object }), session, object)
    await silent.closed()
    assert.deepEqual(await server.storedBytes(session), object)
  })
})
