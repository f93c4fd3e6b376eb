import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Answer, encodeBody, exchange, finalAnswer, type Request, type Transfer } from './exchange.ts'
import {
  assertCanFinish,
  assertIncomplete,
  assertJsonError,
  assertObject,
  assertPlainText,
  gapText,
  KIB_256,
  PARSE_ERROR,
  queryStatus,
  type Session,
  SIDE_BY_SIDE,
  send,
  sendChunk,
  smallChunkText,
  someBytes,
  startBody,
  useServer,
} from './session.ts'

const server = useServer()

/** Changes the session so that requests are refused. */
type Spoil = (session: Session) => Promise<Session>

const SIZE = KIB_256 + 1000
const object = someBytes(SIZE)
const TRANSFERS: readonly Transfer[] = ['Content-Length', 'chunked']
const firstChunk: Request = { range: `bytes 0-${KIB_256 - 1}/*`, body: object.subarray(0, KIB_256) }

describe('The session URI', SIDE_BY_SIDE, () => {
  it('is absolute and carries upload_id in its query', async () => {
    const { uri, uploadId } = await server.open(SIZE)
    assert.equal(new URL(uri).origin, server.url)
    assert.equal(new URL(uri).searchParams.getAll('upload_id').length, 1)
    assert.ok(uri.includes(`upload_id=${uploadId}`), uri)
  })

  it('carries a unique id that can hold 256 random bits', async () => {
    const sessions = await Promise.all([server.open(SIZE), server.open(SIZE), server.open(SIZE)])
    const uploadIds = sessions.map((session) => session.uploadId)
    assert.equal(new Set(uploadIds).size, 3)
    for (const uploadId of uploadIds) {
      const isHex = /^[0-9a-f]+$/.test(uploadId)
      assert.ok(uploadId.length >= (isHex ? 64 : 43), `${uploadId.length} characters are too few`)
    }
  })

  it('is the only credential: no key and no header is needed', async () => {
    const session = await server.open(SIZE)
    assertObject(await send(session, { body: object }), session, object)
  })

  for (const [where, change] of [
    ['after the id', (uri: string) => `${uri}&prettyPrint=false&alt=json`],
    ['before the id', (uri: string) => uri.replace('upload_id=', 'uploadType=resumable&upload_id=')],
    ['without a value', (uri: string) => `${uri}&fields`],
    ['with the name of a thing of ours', (uri: string) => `${uri}&file_size=1&offset=9&uploadId=x`],
  ] as const) {
    it(`may have unknown query parameters ${where}`, async () => {
      const session = await server.open(SIZE)
      assertIncomplete(await exchange(change(session.uri), firstChunk), KIB_256)
      assertIncomplete(await exchange(change(session.uri), { range: 'bytes */*' }), KIB_256)
      const rest = { range: `bytes ${KIB_256}-*/*`, body: object.subarray(KIB_256) }
      assertObject(await exchange(change(session.uri), rest), session, object)
    })
  }
})

describe('POST means the same as PUT', SIDE_BY_SIDE, () => {
  const post = (session: Session, request: Request) => send(session, { ...request, method: 'POST' })

  it('for a complete object', async () => {
    const session = await server.open(SIZE)
    assertObject(await post(session, { body: object }), session, object)
  })

  it('for chunks and their duplicates', async () => {
    const session = await server.open(SIZE)
    assertIncomplete(await post(session, firstChunk), KIB_256)
    assertIncomplete(await post(session, firstChunk), KIB_256)
    const last = { range: `bytes ${KIB_256}-${SIZE - 1}/${SIZE}`, body: object.subarray(KIB_256) }
    assertObject(await post(session, last), session, object)
  })

  it('for status queries', async () => {
    const session = await server.open(SIZE)
    assertIncomplete(await post(session, { range: 'bytes */*' }), 0)
    assertIncomplete(await post(session, firstChunk), KIB_256)
    assertIncomplete(await post(session, { range: `bytes */${SIZE}` }), KIB_256)
  })

  it('for refusals', async () => {
    const session = await server.open(SIZE)
    const gap = { range: `bytes 1000-*/*`, body: object.subarray(1000) }
    const [posted, put] = [await post(session, gap), await send(session, gap)]
    assert.equal(posted.status, 503)
    assert.equal(posted.body, put.body)
  })
})

describe('Every answer of a session carries its id in X-GUploader-UploadID', SIDE_BY_SIDE, () => {
  const answers: Record<string, (session: Session) => Promise<Answer>> = {
    'a chunk': (session) => send(session, firstChunk),
    'a status query': queryStatus,
    'an object': (session) => send(session, { body: object }),
    'a gap': (session) => send(session, { range: 'bytes 1-*/*', body: object.subarray(1) }),
    'a body of another length': (session) =>
      send(session, { range: `bytes 0-${KIB_256 - 1}/*`, body: object.subarray(0, KIB_256 + 1) }),
    'a small chunk': (session) => sendChunk(session, object, 0, 1000),
    'a range that cannot be parsed': (session) => send(session, { range: 'bytes' }),
    'another size': (session) => send(session, { range: 'bytes */1' }),
    'a checksum that does not match': (session) =>
      send(session, { body: object, headers: { 'X-Goog-Hash': 'crc32c=AAAAAA==' } }),
    'a cancellation': (session) => send(session, { method: 'DELETE' }),
  }

  for (const [name, request] of Object.entries(answers)) {
    it(`with ${name}, and with the status after it`, async () => {
      const session = await server.open(SIZE)
      for (const answer of [await request(session), await queryStatus(session)]) {
        assert.equal(answer.headers['x-guploader-uploadid'], session.uploadId, `status ${answer.status}`)
      }
    })
  }
})

describe('An id that was never issued', SIDE_BY_SIDE, () => {
  const unknown: Record<string, (uploadId: string) => string> = {
    'has other characters': () => 'A'.repeat(64),
    'differs in its last character': (id) => id.slice(0, -1) + (id.endsWith('0') ? '1' : '0'),
    'lacks its last character': (id) => id.slice(0, -1),
    'has one more character': (id) => `${id}0`,
    'has the letters of another case': (id) =>
      id === id.toUpperCase() ? id.toLowerCase() : id.toUpperCase(),
    'is empty': () => '',
    'is a path': () => '../../../../etc/passwd',
    'holds a NUL': (id) => `${id}\0`,
    'is long': () => 'a'.repeat(4000),
  }

  for (const [name, change] of Object.entries(unknown)) {
    it(`answers 404 to every method when it ${name}`, async () => {
      const session = await server.open(SIZE)
      const uri = new URL(session.uri)
      uri.searchParams.set('upload_id', change(session.uploadId))
      for (const method of ['PUT', 'POST', 'DELETE']) {
        assertJsonError(await exchange(uri.href, { method, transfer: 'no body' }), 404, 'notFound')
      }
      assertJsonError(await exchange(uri.href, firstChunk), 404, 'notFound')
      assertJsonError(await exchange(uri.href, { range: 'nonsense' }), 404, 'notFound')
      assertIncomplete(await queryStatus(session), 0)
    })
  }
})

describe('The log', SIDE_BY_SIDE, () => {
  // useServer() searches the log for the ids of all sessions. This test causes every kind of answer.
  it('does not contain the id with any answer', async () => {
    const session = await server.open(SIZE)
    await queryStatus(session)
    await send(session, { range: 'bytes 1-*/*', body: object.subarray(1) })
    await send(session, { method: 'OPTIONS' })
    await send(session, { method: 'GET' })
    await send(session, { method: 'PROPFIND' })
    await exchange(session.uri.replace('upload_id=', 'upload_ID='), { range: 'bytes */*' })
    await exchange(session.uri.replace('?', '/nowhere?'), { range: 'bytes */*' })
    await send(session, { headers: { Referer: session.uri, 'User-Agent': session.uri } })
    await send(session, { range: 'nonsense' })
    await queryStatus(session)
    assert.ok(!server.output().includes(session.uploadId))
  })
})

describe('The Content-Type selects no body parser:', SIDE_BY_SIDE, () => {
  const types = [
    undefined,
    '',
    'application/octet-stream',
    'application/json',
    'application/json; charset=utf-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'multipart/form-data; boundary=----x',
    'multipart/related; boundary=x',
    'text/plain',
    'text/plain; charset=utf-16',
    'text/html; charset=nonsense',
    'image/png',
    'nonsense',
    '/',
    ';',
    'application/octet-stream, text/plain',
  ]

  for (const type of types) {
    for (const transfer of TRANSFERS) {
      it(`${type === undefined ? 'none' : `'${type}'`} (${transfer})`, async () => {
        const session = await server.open(SIZE)
        const headers = type === undefined ? {} : { 'Content-Type': type }
        assertIncomplete(await send(session, { range: 'bytes */*', transfer, headers }), 0)
        const chunk = { range: `bytes 0-${KIB_256 - 1}/*`, body: object.subarray(0, KIB_256) }
        assertIncomplete(await send(session, { ...chunk, method: 'POST', transfer, headers }), KIB_256)
        const stored = assertObject(await send(session, { body: object, transfer, headers }), session, object)
        assert.equal(stored.contentType, 'application/octet-stream')
        const cancelled = await send(session, { method: 'DELETE', transfer, headers })
        assertObject(cancelled, session, object)
      })
    }
  }

  for (const [type, text] of [
    ['application/json', '{"not": "closed"'],
    ['application/json', ''.padEnd(1000)],
    ['application/x-www-form-urlencoded', 'a=1&a=%ZZ&__proto__=x'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n1\r\n--x--',
    ],
  ] as const) {
    it(`a body that looks like ${type} is stored as it is: ${JSON.stringify(text.trim())}`, async () => {
      const bytes = Buffer.from(text)
      const session = await server.open(bytes.length)
      const answer = await send(session, { headers: { 'Content-Type': type }, body: bytes })
      assertObject(answer, session, bytes)
      assert.deepEqual(await server.storedBytes(session), bytes)
    })
  }
})

describe('A chunked body', SIDE_BY_SIDE, () => {
  it('may come in chunks of one byte, with extensions and trailers', async () => {
    const bytes = object.subarray(0, 2000)
    const session = await server.open(bytes.length)
    const connection = await startBody(session, { range: 'bytes 0-*/*', transfer: 'chunked' })
    for (const byte of bytes) await connection.write(Buffer.from([...Buffer.from('1;a=b\r\n'), byte, 13, 10]))
    await connection.write('0\r\nX-Trailer: 1\r\n\r\n')
    assertObject(await finalAnswer(connection), session, bytes)
    connection.destroy()
    assert.deepEqual(await server.storedBytes(session), bytes)
  })
})

describe('Expect: 100-continue', SIDE_BY_SIDE, () => {
  const headers = { Expect: '100-continue' }

  for (const transfer of TRANSFERS) {
    for (const method of ['PUT', 'POST']) {
      it(`is answered before the body comes (${method}, ${transfer})`, async () => {
        const session = await server.open(SIZE)
        const connection = await startBody(session, { method, transfer, headers }, SIZE)
        assert.equal((await connection.answer()).status, 100)
        await connection.write(encodeBody(object, transfer))
        assertObject(await finalAnswer(connection), session, object)
        connection.destroy()
      })
    }
  }

  it('does not delay a client that sends its body at once', async () => {
    const session = await server.open(SIZE)
    assertObject(await send(session, { headers, body: object }), session, object)
  })

  const refusals: Record<string, readonly [status: number, range: string | null, spoil?: Spoil]> = {
    'an unknown session': [404, null, async (session) => ({ ...session, uri: `${session.uri}x` })],
    'a cancelled session': [
      499,
      null,
      async (session) => {
        await send(session, { method: 'DELETE' })
        return session
      },
    ],
    'a dead session': [
      410,
      null,
      async (session) => {
        await send(session, { range: 'nonsense' })
        return session
      },
    ],
    'a range that cannot be read': [400, 'nonsense'],
    'a gap': [503, 'bytes 5-*/*'],
    'a total that is not the declared size': [400, `bytes 0-*/${SIZE + 1}`],
    'a chunk behind the declared size': [400, `bytes 0-${SIZE}/*`],
  }
  for (const [title, [status, range, spoil]] of Object.entries(refusals)) {
    for (const transfer of TRANSFERS) {
      it(`is answered by the refusal alone: ${title} (${transfer})`, async () => {
        const opened = await server.open(SIZE)
        const session = (await spoil?.(opened)) ?? opened
        const request = { transfer, headers, ...(range === null ? {} : { range }) }
        const connection = await startBody(session, request, SIZE)
        const answer = await connection.answer()
        assert.equal(answer.status, status)
        assert.equal(answer.headers.connection, 'close')
        // A client that does not wait for 100 Continue continues to send.
        await connection.write(object)
        connection.destroy()
      })
    }
  }

  it('is answered by the refusal alone: more bytes than the declared size', async () => {
    const session = await server.open(SIZE)
    const connection = await startBody(session, { headers }, SIZE + 1)
    assert.equal((await connection.answer()).status, 400)
    connection.destroy()
    await assertCanFinish(session, object)
  })

  it('is answered by the refusal even when the client continues to send', async () => {
    const session = await server.open(SIZE)
    const body = object.subarray(5)
    assertPlainText(await send(session, { range: 'bytes 5-*/*', headers, body }), 503, gapText(5, 0))
    await assertCanFinish(session, object)
  })

  it('of a client that disconnects before its first byte is an interruption', async () => {
    const session = await server.open(SIZE)
    const connection = await startBody(session, { headers }, SIZE)
    assert.equal((await connection.answer()).status, 100)
    connection.destroy()
    assertIncomplete(await queryStatus(session), 0)
    await assertCanFinish(session, object)
  })
})

describe('An early refusal is readable for a client that continues to send:', SIDE_BY_SIDE, () => {
  const bigSize = 16 * KIB_256
  const big = someBytes(bigSize)

  for (const transfer of TRANSFERS) {
    const request = { body: big, transfer }

    it(`a gap (${transfer})`, async () => {
      const session = await server.open(bigSize + 5)
      assertPlainText(await send(session, { ...request, range: 'bytes 5-*/*' }), 503, gapText(5, 0))
    })

    it(`a range that cannot be parsed (${transfer})`, async () => {
      const session = await server.open(bigSize)
      assertPlainText(await send(session, { ...request, range: 'nonsense' }), 400, PARSE_ERROR)
      assert.equal((await send(session, request)).status, 410)
    })

    it(`another size (${transfer})`, async () => {
      const session = await server.open(bigSize)
      assert.equal((await send(session, { ...request, range: `bytes 0-*/${bigSize + 1}` })).status, 400)
      const small = await server.open(1000)
      assert.equal((await send(small, request)).status, 400)
      assertIncomplete(await queryStatus(small), 0)
    })

    it(`a session that was refused for a small chunk (${transfer})`, async () => {
      const session = await server.open(bigSize)
      assertPlainText(await sendChunk(session, big, 0, 5), 400, smallChunkText(5))
      assert.equal((await send(session, request)).status, 400)
    })

    it(`a cancelled session (${transfer})`, async () => {
      const session = await server.open(bigSize)
      assert.equal((await send(session, { method: 'DELETE' })).status, 499)
      assert.equal((await send(session, request)).status, 499)
    })

    it(`a finished session (${transfer})`, async () => {
      const session = await server.open(SIZE)
      assertObject(await send(session, { body: object }), session, object)
      assertObject(await send(session, request), session, object)
    })

    it(`an unknown session (${transfer})`, async () => {
      const uri = new URL((await server.open(bigSize)).uri)
      uri.searchParams.set('upload_id', 'A'.repeat(64))
      assertJsonError(await exchange(uri.href, request), 404, 'notFound')
    })
  }
})
