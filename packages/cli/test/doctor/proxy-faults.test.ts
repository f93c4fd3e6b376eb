import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { freePort } from '../../../server/test/free-port.ts'
import { startApp, type TestApp } from '../../../server/test/start-app.ts'
import type { CheckResult } from '../../src/doctor/finding.ts'
import { checkUrl } from '../../src/doctor/url/check-url.ts'
import { probeIetf } from '../../src/doctor/url/probe-ietf.ts'
import type { Target } from '../../src/doctor/url/target.ts'

/** The probe of slow uploads sends pieces of 256 bytes. */
const MAX_SMALL_PIECE_BYTES = 2048
const MAX_SMALL_PIECES = 5

describe('what stands in front of the service', () => {
  let port: number
  let server: TestApp
  before(async () => {
    port = await freePort()
    server = await startApp({ env: { PUBLIC_URL: `http://127.0.0.1:${port}` } })
  })
  after(() => server.stop())

  const target = (url: string): Target => ({
    url,
    organizationId: server.organizationId,
    apiKey: server.apiKey,
    contentType: 'application/octet-stream',
    // The end of the slow upload, not the clock, ends the probe.
    seconds: 120,
    receivesBytes: true,
    idleMs: 2_500,
    interopVersion: 8,
  })
  const check = (url: string): Promise<CheckResult[]> => checkUrl(target(url))
  const codesOf = (seen: readonly CheckResult[]) =>
    seen
      .filter(({ level }) => level !== 'ok')
      .map(({ code }) => code)
      .sort()
  /**
   * Starts a proxy that ends the connections of a request when `isOver` returns true for a piece of its body. It drops
   * interim responses, as a client of Node does. `expect` is its treatment of `Expect: 100-continue`.
   */
  async function startProxy(
    isOver: (request: IncomingMessage, piece: Buffer | null) => boolean,
    expect: 'forward' | 'ignore' | 'refuse' = 'forward',
  ) {
    const proxy = createServer((incoming, answer) => {
      const { method, url: path, headers } = incoming
      const options = { port: new URL(server.url).port, method, path, headers, agent: false }
      const outgoing = request({ host: '127.0.0.1', ...options })
      const hangUp = () => {
        incoming.destroy()
        outgoing.destroy()
      }
      for (const stream of [incoming, answer, outgoing]) stream.on('error', hangUp)
      answer.on('close', () => outgoing.destroy())
      if (expect === 'forward') outgoing.on('continue', () => answer.writeContinue())
      outgoing.on('response', (given) => {
        answer.writeHead(given.statusCode ?? 502, given.headers)
        given.on('error', hangUp).pipe(answer)
      })
      if (isOver(incoming, null)) return hangUp()
      incoming.on('data', (piece: Buffer) => isOver(incoming, piece) && hangUp())
      incoming.pipe(outgoing)
    })
    proxy.on('checkContinue', (incoming, answer) => {
      if (expect === 'refuse') answer.writeHead(417).end()
      else proxy.emit('request', incoming, answer)
    })
    await once(proxy.listen(port, '127.0.0.1'), 'listening')
    return async () => {
      proxy.closeAllConnections()
      await once(proxy.close(), 'close')
    }
  }

  it('a proxy is found that gives a request a limited time', async () => {
    // The number of small pieces stands for the time. Bodies that are sent at once have a larger one.
    const smallPieces = new Map<IncomingMessage, number>()
    const stop = await startProxy((incoming, piece) => {
      if (piece === null) return false
      const isSmall = piece.length <= MAX_SMALL_PIECE_BYTES
      const count = isSmall ? (smallPieces.get(incoming) ?? 0) + 1 : Number.NEGATIVE_INFINITY
      smallPieces.set(incoming, count)
      return count > MAX_SMALL_PIECES
    })
    try {
      assert.deepEqual(codesOf(await check(`http://127.0.0.1:${port}`)), ['time-limit'])
    } finally {
      await stop()
    }
  })

  it('it notes that a proxy drops interim responses, which is no fault', async () => {
    const stop = await startProxy(() => false)
    try {
      const [seen, ...others] = await probeIetf(target(`http://127.0.0.1:${port}`))
      assert.deepEqual([seen?.level, seen?.code, others], ['ok', 'interim-responses-lost', []])
      assert.match(seen?.message ?? '', /Upload-Complete: \?0 and no content/)
    } finally {
      await stop()
    }
  })

  for (const [expect, says] of [
    ['ignore', /does not answer it/],
    ['refuse', /answers it with 417/],
  ] as const) {
    it(`it warns of a proxy with the treatment "${expect}" of Expect: 100-continue`, async () => {
      const stop = await startProxy(() => false, expect)
      try {
        const seen = await probeIetf(target(`http://127.0.0.1:${port}`))
        assert.deepEqual(codesOf(seen), ['continue-lost'])
        assert.match(seen[0]?.message ?? '', says)
      } finally {
        await stop()
      }
    })
  }

  it('it notes nothing where interim responses arrive', async () => {
    assert.deepEqual(await probeIetf(target(server.url)), [])
  })

  it('it reports that requests with a key get no answer', async () => {
    const stop = await startProxy(({ headers }) => headers['x-api-key'] !== undefined)
    try {
      const seen = await check(`http://127.0.0.1:${port}`)
      assert.deepEqual(codesOf(seen), ['unreachable'])
      assert.match(seen[0]?.message ?? '', /socket hang up/)
    } finally {
      await stop()
    }
  })

  it('it reports that no server answers', async () => {
    const seen = await check(`http://127.0.0.1:${await freePort()}`)
    assert.deepEqual(codesOf(seen), ['unreachable'])
    assert.match(seen[0]?.message ?? '', /ECONNREFUSED/)
  })
})
