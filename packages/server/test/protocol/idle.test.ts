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
  'a whole object': {},
  'a whole object, chunked': { transfer: 'chunked' },
  'a chunk': { range: `bytes 0-${SIZE - 1}/${SIZE}` },
  'an open range': { range: 'bytes 0-*/*', transfer: 'chunked' },
}

// The cases wait for the same second, so they wait together.
describe('With an idle limit of one second', { concurrency: true }, () => {
  const server = useServer({ UPLOAD_IDLE_SECONDS: '1' })

  for (const [name, request] of Object.entries(REQUESTS)) {
    for (const sent of [0, SENT]) {
      it(`silence after ${sent} bytes of ${name} loses the connection, not the bytes`, async () => {
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

    it(`slowness with ${name} may take longer than that in all`, async () => {
      const session = await server.open(SIZE)
      const connection = await startBody(session, request, SIZE)
      const pieces = 8
      for (let piece = 0; piece < pieces; piece++) {
        const [start, end] = [piece, piece + 1].map((index) => Math.floor((index * SIZE) / pieces))
        const bytes = object.subarray(start, end)
        await connection.write(request.transfer === 'chunked' ? encodeChunks(bytes) : bytes)
        // The slowness is what is tested: 8 times 250 ms are twice the limit.
        await pause(250)
      }
      if (request.transfer === 'chunked') await connection.write(LAST_CHUNK)
      assertObject(await finalAnswer(connection), session, object)
      connection.destroy()
    })
  }

  it('a silent client does not keep another from going on at once', async () => {
    const session = await server.open(SIZE)
    const silent = await startBody(session, {}, SIZE)
    await silent.write(object.subarray(0, SENT))
    assertObject(await send(session, { body: object }), session, object)
    await silent.closed()
    assert.deepEqual(await server.storedBytes(session), object)
  })
})
