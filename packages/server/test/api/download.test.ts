import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { GOOD_FILENAMES } from './bad-fields.ts'
import { type Client, createClient, sendToApi, textFile } from './client.ts'
import { parseContentDisposition } from './content-disposition.ts'
import { assertError, assertRefused } from './envelope.ts'
import type { Answer } from './exchange.ts'
import * as sample from './sample-files.ts'

const SIZE = 2 * 1024 * 1024 + 17
const BYTES = sample.patternedBytes(SIZE)
const OCTETS = 'application/octet-stream'

describe('GET /files/{file_id}/download', () => {
  let server: TestApp
  let client: Client
  let fileId: string
  let path: string

  before(async () => {
    server = await startApp()
    client = createClient(server)
    fileId = (await client.uploadFile({ filename: 'big.bin', mimeType: OCTETS, bytes: BYTES })).id
    path = await downloadPath(fileId)
  })
  after(() => server.stop())

  async function downloadPath(id: string): Promise<string> {
    const { download_url } = await client.content(id)
    return download_url.slice(server.url.length)
  }
  const download = (headers: Record<string, string> = {}, method = 'GET', at = path) =>
    sendToApi(server, method, at, { headers })

  function assertBytes(answer: Answer, expected: Uint8Array): void {
    assert.equal(answer.bytes.length, expected.length)
    assert.ok(answer.bytes.equals(expected), 'other bytes came than were stored')
  }

  describe('the complete file', () => {
    it('is served as it was stored, with its headers', async () => {
      const answer = await download()
      assert.equal(answer.status, 200)
      assertBytes(answer, BYTES)
      const { headers } = answer
      assert.equal(headers['content-length'], String(SIZE))
      assert.equal(headers['content-type'], OCTETS)
      assert.equal(headers['accept-ranges'], 'bytes')
      assert.equal(headers['cache-control'], 'private, max-age=3600')
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['content-security-policy'], "sandbox; default-src 'none'")
      assert.match(String(headers.etag), /^"[^"]+"$/)
      assert.equal(headers['content-encoding'], undefined)
    })

    it('is described by HEAD without a body', async () => {
      const complete = await download()
      const head = await download({}, 'HEAD')
      assert.equal(head.status, 200)
      assert.equal(head.bytes.length, 0)
      const names = ['content-length', 'content-type', 'content-disposition', 'etag', 'last-modified']
      for (const name of [...names, 'accept-ranges', 'cache-control', 'content-security-policy']) {
        assert.equal(head.headers[name], complete.headers[name], name)
      }
    })

    it('is served to many readers at once', async () => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => download()))
      for (const answer of answers) assertBytes(answer, BYTES)
    })

    it('is served correctly to clients that send several requests before they read', async () => {
      const times = 5
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
      const head = `GET ${path} HTTP/1.1\r\nHost: x\r\n`
      socket.write(`${head}\r\n`.repeat(times - 1))
      socket.write(`${head}Connection: close\r\n\r\n`)
      const received = await buffer(socket)
      let from = 0
      for (let answer = 0; answer < times; answer++) {
        from = received.indexOf('\r\n\r\n', from) + 4
        assert.ok(received.subarray(from, from + SIZE).equals(BYTES), `answer ${answer} has other bytes`)
        from += SIZE
      }
      assert.equal(received.length, from)
    })

    it('can have one byte', async () => {
      const bytes = Buffer.from([0])
      const { id } = await client.uploadFile({ filename: 'one', mimeType: OCTETS, bytes })
      const at = await downloadPath(id)
      assertBytes(await download({}, 'GET', at), bytes)
      assert.equal((await download({ range: 'bytes=0-' }, 'GET', at)).status, 206)
      assert.equal((await download({ range: 'bytes=1-' }, 'GET', at)).status, 416)
    })

    it('is not decompressed in transit', async () => {
      const bytes = sample.gzip()
      const { id } = await client.uploadFile({ filename: 'a.gz', mimeType: 'application/gzip', bytes })
      const answer = await download({ 'accept-encoding': 'gzip' }, 'GET', await downloadPath(id))
      assert.equal(answer.headers['content-encoding'], undefined)
      assertBytes(answer, bytes)
    })
  })

  describe('a range', () => {
    const MiB = 1024 * 1024
    const cases: readonly [range: string, start: number, end: number][] = [
      ['bytes=0-0', 0, 0],
      ['bytes=0-99', 0, 99],
      ['bytes=1-1', 1, 1],
      ['bytes=100-', 100, SIZE - 1],
      [`bytes=0-${SIZE - 1}`, 0, SIZE - 1],
      [`bytes=0-${SIZE}`, 0, SIZE - 1],
      [`bytes=${SIZE - 1}-`, SIZE - 1, SIZE - 1],
      [`bytes=${SIZE - 1}-${SIZE + 5}`, SIZE - 1, SIZE - 1],
      ['bytes=0-99999999999999999999', 0, SIZE - 1],
      ['bytes=-1', SIZE - 1, SIZE - 1],
      ['bytes=-1000', SIZE - 1000, SIZE - 1],
      [`bytes=-${SIZE + 1}`, 0, SIZE - 1],
      ['bytes=-99999999999999999999', 0, SIZE - 1],
      ['bytes=65535-65536', 65535, 65536],
      ['bytes=4095-8192', 4095, 8192],
      [`bytes=${MiB - 1}-${MiB}`, MiB - 1, MiB],
      [`bytes=${MiB}-${2 * MiB - 1}`, MiB, 2 * MiB - 1],
      [`bytes=${MiB - 7}-${2 * MiB + 7}`, MiB - 7, 2 * MiB + 7],
      [`bytes=${2 * MiB}-`, 2 * MiB, SIZE - 1],
      ['BYTES=5-6', 5, 6],
    ]
    for (const [range, start, end] of cases) {
      it(range, async () => {
        const answer = await download({ range })
        assert.equal(answer.status, 206)
        assert.equal(answer.headers['content-range'], `bytes ${start}-${end}/${SIZE}`)
        assert.equal(answer.headers['content-length'], String(end - start + 1))
        assert.equal(answer.headers['x-content-type-options'], 'nosniff')
        assert.match(String(answer.headers['content-disposition']), /^attachment/)
        assertBytes(answer, BYTES.subarray(start, end + 1))
      })
    }

    const unsatisfiable = [
      `bytes=${SIZE}-`,
      `bytes=${SIZE}-${SIZE + 9}`,
      'bytes=99999999999999999999-',
      'bytes=-0',
    ]
    for (const range of unsatisfiable) {
      it(`${range} is 416 with the size`, async () => {
        const answer = await download({ range })
        assert.equal(answer.status, 416)
        assert.equal(answer.headers['content-range'], `bytes */${SIZE}`)
      })
    }

    const ignored = [
      'bytes=5-2',
      'bytes=',
      'bytes=-',
      'bytes=a-b',
      'bytes=1',
      'items=0-1',
      'bytes=1.5-2',
      'x',
    ]
    for (const range of ignored) {
      it(`${range} is no range and is ignored`, async () => {
        const answer = await download({ range })
        assert.equal(answer.status, 200)
        assertBytes(answer, BYTES)
      })
    }

    it('with several parts is answered completely or in parts', async () => {
      const answer = await download({ range: 'bytes=0-1,10-11' })
      if (answer.status === 200) return assertBytes(answer, BYTES)
      assert.equal(answer.status, 206)
      assert.match(String(answer.headers['content-type']), /^multipart\/byteranges/)
    })

    it('of a thousand overlapping parts is not answered with a thousand files', async () => {
      const range = `bytes=${Array.from({ length: 1000 }, () => '0-').join(',')}`
      const answer = await download({ range })
      assertRefused(answer, [200, 206, 416])
      assert.ok(answer.bytes.length <= SIZE * 2)
    })
  })

  describe('a conditional request', () => {
    async function validators(): Promise<{ etag: string; modified: string }> {
      const { headers } = await download({}, 'HEAD')
      return { etag: String(headers.etag), modified: String(headers['last-modified']) }
    }
    const PAST = 'Thu, 01 Jan 2015 00:00:00 GMT'
    const FUTURE = 'Fri, 01 Jan 2100 00:00:00 GMT'

    it('gets the same ETag every time', async () => {
      assert.deepEqual(await validators(), await validators())
    })

    it('is 304 when If-None-Match contains the ETag', async () => {
      const { etag } = await validators()
      for (const value of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        for (const method of ['GET', 'HEAD']) {
          const answer = await download({ 'if-none-match': value }, method)
          assert.equal(answer.status, 304, value)
          assert.equal(answer.bytes.length, 0)
          assert.equal(answer.headers.etag, etag)
          assert.equal(answer.headers['cache-control'], 'private, max-age=3600')
        }
      }
    })

    it('is 200 when If-None-Match does not contain the ETag', async () => {
      const { etag } = await validators()
      for (const value of ['"other"', etag.slice(1, -1), '']) {
        assert.equal((await download({ 'if-none-match': value })).status, 200, value)
      }
    })

    it('is 304 when nothing changed since If-Modified-Since', async () => {
      const { modified } = await validators()
      assert.ok(!Number.isNaN(Date.parse(modified)), `Last-Modified: ${modified}`)
      for (const date of [modified, FUTURE]) {
        assert.equal((await download({ 'if-modified-since': date })).status, 304, date)
      }
      for (const date of [PAST, 'no date']) {
        assert.equal((await download({ 'if-modified-since': date })).status, 200, date)
      }
    })

    it('checks If-None-Match before If-Modified-Since', async () => {
      const headers = { 'if-none-match': '"other"', 'if-modified-since': FUTURE }
      assert.equal((await download(headers)).status, 200)
    })

    it('is 412 when If-Match or If-Unmodified-Since is false', async () => {
      const { etag } = await validators()
      assert.equal((await download({ 'if-match': etag })).status, 200)
      assert.equal((await download({ 'if-match': '*' })).status, 200)
      assert.equal((await download({ 'if-match': '"other"' })).status, 412)
      assert.equal((await download({ 'if-unmodified-since': FUTURE })).status, 200)
      assert.equal((await download({ 'if-unmodified-since': PAST })).status, 412)
    })

    it('gets its range only while If-Range is true', async () => {
      const { etag, modified } = await validators()
      const range = 'bytes=0-9'
      assert.equal((await download({ range, 'if-range': etag })).status, 206)
      assert.equal((await download({ range, 'if-range': modified })).status, 206)
      for (const value of ['"other"', `W/${etag}`, PAST, 'nonsense']) {
        const answer = await download({ range, 'if-range': value })
        assert.equal(answer.status, 200, value)
        assertBytes(answer, BYTES)
      }
    })

    it('has another ETag for another file', async () => {
      const { id } = await client.uploadFile({
        filename: 'big.bin',
        mimeType: OCTETS,
        bytes: Buffer.from('x'),
      })
      const answer = await download({}, 'HEAD', await downloadPath(id))
      assert.notEqual(answer.headers.etag, (await validators()).etag)
    })
  })

  describe('the token', () => {
    function parts(): { token: string; expires: string; route: string } {
      const url = new URL(path, server.url)
      const parameter = (name: string) => url.searchParams.get(name) ?? ''
      return { token: parameter('token'), expires: parameter('expires'), route: url.pathname }
    }
    const withQuery = (query: string, options = {}) =>
      sendToApi(server, 'GET', `${parts().route}${query && `?${query}`}`, options)

    const queries: readonly [title: string, query: (token: string, expires: string) => string][] = [
      ['an empty token', (_token, expires) => `token=&expires=${expires}`],
      ['another token', (_token, expires) => `token=nonsense&expires=${expires}`],
      ['a longer token', (token, expires) => `token=${token}a&expires=${expires}`],
      ['a shorter token', (token, expires) => `token=${token.slice(0, -1)}&expires=${expires}`],
      ['a token in brackets', (token, expires) => `token[]=${token}&expires=${expires}`],
      ['a token of 5,000 characters', (_token, expires) => `token=${'a'.repeat(5000)}&expires=${expires}`],
      ['a token with NUL', (token, expires) => `token=${token}%00&expires=${expires}`],
      ['a token of emoji', (_token, expires) => `token=%F0%9F%98%80&expires=${expires}`],
      ['a later time', (token, expires) => `token=${token}&expires=${Number(expires) + 1}`],
      ['an earlier time', (token, expires) => `token=${token}&expires=${Number(expires) - 1}`],
      ['a time that is past', (token) => `token=${token}&expires=1`],
      ['a negative time', (token) => `token=${token}&expires=-1`],
      ['no number as time', (token) => `token=${token}&expires=never`],
      ['an infinite time', (token) => `token=${token}&expires=Infinity`],
      ['a time of 30 digits', (token) => `token=${token}&expires=${'9'.repeat(30)}`],
      ['an empty time', (token) => `token=${token}&expires=`],
    ]
    for (const [title, query] of queries) {
      it(`is refused: ${title}`, async () => {
        const { token, expires } = parts()
        assertError(await withQuery(query(token, expires)), 401, 'TOKEN_INVALID')
      })
    }

    it('is refused when any character is changed', async () => {
      const { token, expires } = parts()
      for (const index of [0, 1, token.length >> 1, token.length - 2, token.length - 1]) {
        const other = token[index] === 'a' ? 'b' : 'a'
        const altered = token.slice(0, index) + other + token.slice(index + 1)
        assertError(await withQuery(`token=${altered}&expires=${expires}`), 401, 'TOKEN_INVALID')
      }
    })

    it('is required, also from a client with a key', async () => {
      const { token, expires } = parts()
      const credentials = { 'x-api-key': client.apiKey }
      for (const query of ['', `token=${token}`, `expires=${expires}`]) {
        assertRefused(await withQuery(query), [401])
        assertRefused(await withQuery(query, { credentials }), [401])
      }
    })

    it('is refused twice in one query without a failure', async () => {
      const { token, expires } = parts()
      const query = `token=${token}&token=x&expires=${expires}&expires=1`
      assertRefused(await withQuery(query), [400, 401, 422])
    })

    it('of another file is refused', async () => {
      const { id } = await client.uploadFile(textFile())
      const otherUrl = new URL(await downloadPath(id), server.url)
      assertError(await withQuery(otherUrl.search.slice(1)), 401, 'TOKEN_INVALID')
    })

    it('is checked in the same way for a file that never existed', async () => {
      const { token, expires, route } = parts()
      const unknown = route.replace(fileId, 'file_123')
      const answer = await sendToApi(server, 'GET', `${unknown}?token=${token}&expires=${expires}`)
      assertError(answer, 401, 'TOKEN_INVALID')
    })

    it('is checked for HEAD too', async () => {
      const answer = await sendToApi(server, 'HEAD', `${parts().route}?token=x&expires=1`)
      assert.equal(answer.status, 401)
    })
  })

  describe('Content-Disposition', { concurrency: 8 }, () => {
    const pdfs = [
      sample.pdf(),
      sample.png(),
      sample.jpeg(),
      sample.gif(),
      sample.wav(),
      sample.mp4(),
    ] as const
    const [pdf, png, jpeg, gif, wav, mp4] = pdfs
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    const text = Buffer.from('<drawing><script>alert(1)</script></drawing>')
    const cases: readonly [mimeType: string, bytes: Uint8Array, disposition: string][] = [
      ['image/png', png, 'inline'],
      ['image/jpeg', jpeg, 'inline'],
      ['image/gif', gif, 'inline'],
      ['audio/wav', wav, 'inline'],
      ['video/mp4', mp4, 'inline'],
      ['application/pdf', pdf, 'inline'],
      ['text/plain', svg, 'inline'],
      ['text/plain; charset=utf-8', text, 'inline'],
      ['Video/MP4; codecs="avc1.42E01E, mp4a.40.2"', mp4, 'inline'],
      ['image/svg+xml', svg, 'attachment'],
      ['IMAGE/SVG+XML', svg, 'attachment'],
      ['image/svg+xml; charset=utf-8', svg, 'attachment'],
      ['image/x-drawing+xml', text, 'attachment'],
      ['video/x-scene+xml; charset=utf-8', text, 'attachment'],
      ['audio/X-Score+XML', text, 'attachment'],
      ['text/html', text, 'attachment'],
      ['application/xhtml+xml', text, 'attachment'],
      ['text/xml', text, 'attachment'],
      ['text/javascript', text, 'attachment'],
      ['text/css', text, 'attachment'],
      ['text/csv', text, 'attachment'],
      ['application/json', text, 'attachment'],
      ['application/octet-stream', text, 'attachment'],
      ['application/zip', sample.plainZip(), 'attachment'],
      ['application/x-unknown', text, 'attachment'],
    ]
    for (const [mimeType, bytes, expected] of cases) {
      it(`is ${expected} for ${mimeType}`, async () => {
        const { id } = await client.uploadFile({ filename: 'a', mimeType, bytes })
        const answer = await download({}, 'GET', await downloadPath(id))
        const { type } = parseContentDisposition(String(answer.headers['content-disposition']))
        assert.equal(type, expected)
        assert.equal(answer.headers['content-type'], mimeType)
        assert.equal(answer.headers['x-content-type-options'], 'nosniff')
        assert.equal(answer.headers['content-security-policy'], "sandbox; default-src 'none'")
        assertBytes(answer, bytes)
      })
    }

    for (const [title, filename] of GOOD_FILENAMES) {
      it(`contains a name of ${title}`, async () => {
        const { id } = await client.uploadFile(textFile(filename))
        const { headers } = await download({}, 'HEAD', await downloadPath(id))
        const disposition = parseContentDisposition(String(headers['content-disposition']))
        assert.equal(disposition.extendedFilename ?? disposition.filename, filename)
        // Clients that do not support `filename*` still get a name.
        assert.ok(disposition.filename)
      })
    }
  })
})
