import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { redactLine, redactText } from './redact.ts'

const SECRET = 's3cr3t-Value/with+signs'
const KEY = `oak_live_${'k'.repeat(43)}`

describe('redaction', () => {
  for (const [secret, text] of [
    ['a key', `no key ${KEY} here`],
    ['a password of a URL', `postgres://user:${SECRET}@host/database failed`],
    ['a password without a user', `redis://:${SECRET}@host`],
    ['a token for a user', `https://${SECRET.replace('/', '')}@host/path`],
    ['a session URI', `PUT https://files.example.com/upload/storage/v1?upload_id=${SECRET}`],
    ['a query that was encoded', `/upload%3Fupload_id=${SECRET}`],
    ['a download URL', `GET /v1/x/download?token=${SECRET}&expires=1 failed`],
    ['a header', `X-API-Key: ${SECRET}`],
    ['a bearer token', `Authorization: Bearer ${SECRET}`],
    ['JSON within a text', JSON.stringify({ 'x-api-key': SECRET })],
    ['JSON within JSON', JSON.stringify(JSON.stringify({ password: SECRET }))],
    ['a private key', `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----`],
  ] as const) {
    it(`removes ${secret} from a text`, () => {
      const redacted = redactText(text)
      assert.ok(!redacted.includes(SECRET) && !redacted.includes(KEY), redacted)
      assert.match(redacted, /\[redacted\]/)
      const line = redactLine(`${JSON.stringify({ level: 30, err: { message: text }, msg: text })}\n`)
      assert.ok(!line.includes(SECRET) && !line.includes(KEY), line)
      JSON.parse(line)
    })
  }

  for (const facts of [
    { headers: { anything: SECRET } },
    { busboyOptions: { headers: { 'x-api-key': SECRET } } },
    { req: { rawHeaders: ['X-Own', SECRET] } },
    { a: [{ b: { apiKey: SECRET } }] },
    { token: SECRET },
    { downloadSecret: SECRET },
    { config: { password: SECRET, connectionString: SECRET } },
    { uploadUrl: SECRET, upload_id: SECRET, sessionUri: SECRET },
  ]) {
    it(`removes the secret value in ${JSON.stringify(facts).replaceAll(SECRET, '…')}`, () => {
      for (const msg of ['request', 'something else']) {
        const line = redactLine(`${JSON.stringify({ level: 30, ...facts, msg })}\n`)
        if (msg !== 'request' || typeof Object.values(facts)[0] === 'object') {
          assert.ok(!line.includes(SECRET), line)
        }
      }
    })
  }

  it('does not change values that are not secret', () => {
    for (const facts of [
      {
        trace_id: 'a-1',
        method: 'POST',
        path: '/v1/organizations/org_1/files/upload-url',
        status: 200,
        api_key_id: 'ak_01',
        client_address: '2001:db8::1',
        msg: 'request',
      },
      { url: 'http://127.0.0.1:8080', data: '/var/lib/waybill', msg: 'listening' },
      { err: { stack: 'Error\n    at file:///srv/node_modules/@fastify/multipart/index.js:1:2' }, msg: 'x' },
    ]) {
      const line = `${JSON.stringify({ level: 30, ...facts })}\n`
      assert.equal(redactLine(line), line)
    }
  })

  it('is fast for a hostile text of 16 KiB', () => {
    for (const unit of ['://', 'a-', '?', 'password', '://a:', '?a=', 'x-api-key:  ', 'bearer ']) {
      const begin = process.cpuUsage().user
      redactText(`@${unit.repeat(16_384 / unit.length)}`)
      assert.ok(process.cpuUsage().user - begin < 200_000, unit)
    }
  })
})
