import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exchange } from '../exchange.ts'
import { assertJsonError } from '../session.ts'
import { assertRefused, BYTES_TYPE, offsetOf, useTus } from '../tus/tus.ts'

const server = useTus()

describe('a request on a session URL without a sign of its protocol', () => {
  it('is one of Google when no protocol has its method', async () => {
    const { url } = await server.open(10)
    assertJsonError(await exchange(url, { method: 'TRACE' }), 405, 'methodNotAllowed')
  })

  it('is one of tus without its version when it has the content type of tus', async () => {
    const { url } = await server.open(10)
    const headers = { ...BYTES_TYPE, 'Upload-Offset': '0' }
    const answer = await exchange(url, { method: 'PATCH', headers, body: Buffer.from('x') })
    assertRefused(answer, 412, 'PRECONDITION_FAILED')
    assert.equal(answer.headers['tus-version'], '1.0.0')
    assert.equal(await offsetOf(url), 0)
  })
})
