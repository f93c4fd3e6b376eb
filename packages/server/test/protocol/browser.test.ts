import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Answer, Request } from './exchange.ts'
import { exchange } from './exchange.ts'
import { KIB_256, type Server, type Session, SIDE_BY_SIDE, send, someBytes, useServer } from './session.ts'

const SIZE = KIB_256 + 1000
const object = someBytes(SIZE)
const ORIGIN = 'https://app.example'
const EXPOSED = [
  'range',
  'location',
  'etag',
  'x-guploader-uploadid',
  'x-http-status-code-override',
  'retry-after',
  'x-request-id',
]

const firstChunk: Request = { range: `bytes 0-${KIB_256 - 1}/*`, body: object.subarray(0, KIB_256) }
const parseError: Request = { range: 'nonsense', body: object }
const cancellation: Request = { method: 'DELETE' }

interface Exchange {
  readonly before?: Request
  readonly request: Request
  readonly status: number
}

const EXCHANGES: Record<string, Exchange> = {
  'a chunk': { request: firstChunk, status: 308 },
  'a chunk with X-GUploader-No-308': {
    request: { ...firstChunk, headers: { 'X-GUploader-No-308': 'yes' } },
    status: 200,
  },
  'a status query': { request: { range: 'bytes */*' }, status: 308 },
  'the object': { request: { body: object }, status: 200 },
  'a finished session': { before: { body: object }, request: { range: 'bytes */*' }, status: 200 },
  'a gap': { request: { range: 'bytes 5-*/*', body: object }, status: 503 },
  'a body of another length': {
    request: { range: `bytes 0-${KIB_256 - 1}/*`, body: object.subarray(0, KIB_256 + 1) },
    status: 400,
  },
  'a small chunk': { request: { range: 'bytes 0-4/*', body: object.subarray(0, 5) }, status: 400 },
  'another size': { request: { range: 'bytes */1' }, status: 400 },
  'a range that cannot be parsed': { request: parseError, status: 400 },
  'a checksum that does not match': {
    request: { body: object, headers: { 'X-Goog-Hash': 'crc32c=AAAAAA==' } },
    status: 400,
  },
  'a dead session': { before: parseError, request: firstChunk, status: 410 },
  'a cancellation': { request: cancellation, status: 499 },
  'a cancelled session': { before: cancellation, request: firstChunk, status: 499 },
}

function listOf(value: string | undefined): string[] {
  return (value ?? '').split(',').map((item) => item.trim().toLowerCase())
}

function assertReadable(answer: Answer, origin: string): void {
  const allowed = answer.headers['access-control-allow-origin']
  assert.ok(allowed === '*' || allowed === origin, `Access-Control-Allow-Origin: ${allowed}`)
  const exposed = listOf(answer.headers['access-control-expose-headers'])
  for (const name of EXPOSED) {
    assert.ok(exposed.includes(name), `${name} is not exposed: ${exposed}`)
  }
}

function unknownUri(session: Session): string {
  const uri = new URL(session.uri)
  uri.searchParams.set('upload_id', 'A'.repeat(64))
  return uri.href
}

async function preflight(uri: string, method: string, headers: string): Promise<Answer> {
  return exchange(uri, {
    method: 'OPTIONS',
    transfer: 'no body',
    headers: {
      Origin: ORIGIN,
      'Access-Control-Request-Method': method,
      'Access-Control-Request-Headers': headers,
    },
  })
}

function assertPreflight(answer: Answer, method: string, headers: string): void {
  assert.ok(answer.status === 200 || answer.status === 204, `${answer.status}`)
  const allowed = answer.headers['access-control-allow-origin']
  assert.ok(allowed === '*' || allowed === ORIGIN, `Access-Control-Allow-Origin: ${allowed}`)
  assert.ok(listOf(answer.headers['access-control-allow-methods']).includes(method.toLowerCase()))
  const allowedHeaders = listOf(answer.headers['access-control-allow-headers'])
  for (const name of listOf(headers)) {
    assert.ok(allowedHeaders.includes(name) || allowedHeaders.includes('*'), `${name} is not allowed`)
  }
  assert.match(answer.headers['access-control-max-age'] ?? '', /^\d+$/)
}

function describeBrowser(setting: string, server: Server): void {
  describe(`A browser, ${setting},`, SIDE_BY_SIDE, () => {
    for (const [name, { before, request, status }] of Object.entries(EXCHANGES)) {
      for (const origin of [ORIGIN, 'null']) {
        it(`can read the answer ${status} to ${name} from the origin ${origin}`, async () => {
          const session = await server.open(SIZE)
          if (before) await send(session, before)
          const answer = await send(session, { ...request, headers: { Origin: origin, ...request.headers } })
          assert.equal(answer.status, status, answer.body)
          assertReadable(answer, origin)
        })
      }
    }

    for (const method of ['TRACE', 'QUERY']) {
      it(`can read the answer to ${method}, which a session does not support`, async () => {
        const session = await server.open(SIZE)
        const answer = await send(session, { method, headers: { Origin: ORIGIN } })
        assert.equal(answer.status, 405)
        assertReadable(answer, ORIGIN)
      })
    }

    it('can read the answer 404 to an unknown session', async () => {
      const uri = unknownUri(await server.open(SIZE))
      const answer = await exchange(uri, { ...firstChunk, headers: { Origin: ORIGIN } })
      assert.equal(answer.status, 404)
      assertReadable(answer, ORIGIN)
    })

    for (const method of ['PUT', 'POST', 'DELETE']) {
      it(`may send a preflight for ${method}`, async () => {
        const session = await server.open(SIZE)
        const headers = 'content-range,content-type,x-goog-hash,x-guploader-no-308'
        assertPreflight(await preflight(session.uri, method, headers), method, headers)
      })
    }

    it('may send a preflight for unknown headers', async () => {
      const session = await server.open(SIZE)
      const headers = 'x-something-of-the-application, content-range'
      assertPreflight(await preflight(session.uri, 'PUT', headers), 'PUT', headers)
    })

    it('may send a preflight without headers', async () => {
      const session = await server.open(SIZE)
      const answer = await exchange(session.uri, {
        method: 'OPTIONS',
        transfer: 'no body',
        headers: { Origin: ORIGIN, 'Access-Control-Request-Method': 'PUT' },
      })
      assert.ok(answer.status === 200 || answer.status === 204, `${answer.status}`)
      assert.ok(listOf(answer.headers['access-control-allow-methods']).includes('put'))
    })

    it('may send a preflight for a dead or unknown session', async () => {
      const session = await server.open(SIZE)
      await send(session, parseError)
      for (const uri of [session.uri, unknownUri(session)]) {
        assertPreflight(await preflight(uri, 'PUT', 'content-range'), 'PUT', 'content-range')
      }
    })

    it('changes nothing with a preflight', async () => {
      const session = await server.open(SIZE)
      assert.equal((await send(session, firstChunk)).status, 308)
      await preflight(session.uri, 'DELETE', 'content-range')
      const answer = await send(session, { range: 'bytes */*' })
      assert.equal(answer.headers.range, `bytes=0-${KIB_256 - 1}`)
    })
  })
}

const plainServer = useServer()
const namedServer = useServer({ CORS_ORIGINS: 'https://console.example' })

describeBrowser('with CORS_ORIGINS unset', plainServer)
describeBrowser('with CORS_ORIGINS naming another', namedServer)

describe('A client without an Origin header', SIDE_BY_SIDE, () => {
  for (const [name, { before, request }] of Object.entries(EXCHANGES)) {
    it(`gets Access-Control-Allow-Origin too with ${name}`, async () => {
      const session = await plainServer.open(SIZE)
      if (before) await send(session, before)
      const answer = await send(session, request)
      assert.equal(answer.headers['access-control-allow-origin'], '*')
    })
  }
})
