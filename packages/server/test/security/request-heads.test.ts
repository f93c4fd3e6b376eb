import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Answer, openConnection } from '../protocol/exchange.ts'
import { startApp, type TestApp } from '../start-app.ts'

describe('the head of a request', () => {
  let server: TestApp
  before(async () => {
    server = await startApp()
  })
  after(() => server?.stop())

  const answerTo = async (text: string): Promise<Answer> => {
    const connection = await openConnection(server.url)
    await connection.write(text)
    return connection.answer().finally(connection.destroy)
  }
  const lines = (...parts: string[]) => `${parts.join('\r\n')}\r\n\r\n`

  const refused: Record<string, string> = {
    'with two Host headers': lines('GET /v1/health HTTP/1.1', 'Host: a.example', 'Host: b.example'),
    'with the same Host header twice': lines('GET /v1/health HTTP/1.1', 'Host: a.example', 'host: a.example'),
    'with two Host headers and an unknown URL': lines('GET /none HTTP/1.1', 'Host: a', 'Host: b'),
    'with two Host headers on a session URI': lines(
      'PUT /upload/storage/v1/b/waybill/o?upload_id=x HTTP/1.1',
      'Host: a',
      'Host: b',
      'Content-Length: 5',
    ),
    'with two Host headers in HTTP/1.0': lines('GET /v1/health HTTP/1.0', 'Host: a', 'Host: b'),
    'without a Host header': lines('GET /v1/health HTTP/1.1'),
    'of HTTP/0.9': 'GET /v1/health\r\n\r\n',
    'of HTTP/0.9 by name': lines('GET /v1/health HTTP/0.9', 'Host: a'),
    'of HTTP/2.0 in text': lines('GET /v1/health HTTP/2.0', 'Host: a'),
    'of HTTP/3.1': lines('GET /v1/health HTTP/3.1', 'Host: a'),
  }
  for (const [title, text] of Object.entries(refused)) {
    it(`${title} is refused with 400`, async () => assert.equal((await answerTo(text)).status, 400))
  }

  it('of more than 16 KiB is refused, and its error has the same status', async () => {
    const answer = await answerTo(
      lines('GET /v1/health HTTP/1.1', 'Host: a', `X-Long: ${'x'.repeat(20_000)}`),
    )
    assert.equal(answer.status, 431)
    assert.match(answer.body, /"type":"client_error","status":431,/)
  })

  for (const [where, line] of [
    ['an upload URL', 'PUT /upload/storage/v1/b/waybill/o?upload_id=x HTTP/1.1'],
    ['the JSON API', 'POST /v1/organizations/org_x/files HTTP/1.1'],
    ['the OpenAI API', 'POST /v1/files HTTP/1.1'],
  ] as const) {
    it(`with a coding other than chunked is refused with 501 on ${where}`, async () => {
      const body = '5\r\nhello\r\n0\r\n\r\n'
      const text = lines(line, 'Host: a', 'Transfer-Encoding: gzip, chunked') + body
      assert.equal((await answerTo(text)).status, 501)
      assert.notEqual(
        (await answerTo(lines(line, 'Host: a', 'Transfer-Encoding: Chunked') + body)).status,
        501,
      )
    })
  }

  it('of HTTP/1.0 without a Host header is accepted', async () => {
    assert.equal((await answerTo(lines('GET /v1/health HTTP/1.0'))).status, 200)
  })

  const unread: Record<string, readonly [status: number, head: (server: TestApp) => string[]]> = {
    'an unknown URL': [404, () => ['POST /none HTTP/1.1']],
    'a URL that cannot be read': [404, () => ['POST /%zz HTTP/1.1']],
    'a wrong method': [405, () => ['POST /v1/health HTTP/1.1']],
    'no key': [401, ({ organizationId }) => [`POST /v1/organizations/${organizationId}/files HTTP/1.1`]],
    'a wrong key': [
      401,
      ({ organizationId }) => [`POST /v1/organizations/${organizationId}/files HTTP/1.1`, 'X-API-Key: x'],
    ],
    'another organization': [
      403,
      ({ apiKey }) => ['POST /v1/organizations/org_other/files HTTP/1.1', `X-API-Key: ${apiKey}`],
    ],
  }
  for (const [title, [status, head]] of Object.entries(unread)) {
    const body = ['Host: a', 'Content-Type: application/json', 'Content-Length: 1000000']

    it(`with ${title} is answered ${status} before its body arrives`, async () => {
      assert.equal((await answerTo(lines(...head(server), ...body))).status, status)
    })

    it(`with ${title} is answered ${status} and no 100 Continue`, async () => {
      const expecting = [...body, 'Expect: 100-continue']
      assert.equal((await answerTo(lines(...head(server), ...expecting))).status, status)
    })
  }

  it('with a size over the limit is answered 413 and no 100 Continue', async () => {
    const { organizationId, apiKey } = server
    const head = lines(
      `POST /v1/organizations/${organizationId}/files HTTP/1.1`,
      'Host: a',
      `X-API-Key: ${apiKey}`,
      'Content-Type: application/json',
      'Content-Length: 1048577',
      'Expect: 100-continue',
    )
    assert.equal((await answerTo(head)).status, 413)
  })

  it('with a direct upload larger than any form within the limits is answered 413 and no 100 Continue', async () => {
    const { organizationId, apiKey } = server
    const head = lines(
      `POST /v1/organizations/${organizationId}/files/upload HTTP/1.1`,
      'Host: a',
      `X-API-Key: ${apiKey}`,
      'Content-Type: multipart/form-data; boundary=b',
      'Content-Length: 20000000000',
      'Expect: 100-continue',
    )
    assert.equal((await answerTo(head)).status, 413)
  })

  it('with an expectation other than 100-continue is answered 417', async () => {
    const head = lines('POST /none HTTP/1.1', 'Host: a', 'Content-Length: 5', 'Expect: something')
    assert.equal((await answerTo(head)).status, 417)
  })
})
