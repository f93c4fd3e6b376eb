import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { createCommandIo } from '../../src/command-io.ts'
import { signInWithBrowser } from '../../src/sign-in/browser-sign-in.ts'

describe('the address that waybill login opens', () => {
  let authorizationEndpoint = ''
  const server = createServer((_request, response) => {
    const metadata = { issuer: issuer(), authorization_endpoint: authorizationEndpoint }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(metadata))
  })
  const issuer = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  before(() => new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening)))
  after(() => server.close())

  for (const address of ['file:///usr/bin/true', 'ssh://example.com/', 'javascript:alert(1)']) {
    it(`is not ${address}, whatever the provider says`, async () => {
      authorizationEndpoint = address
      const [stdin, stdout, stderr] = [new PassThrough().end(), new PassThrough(), new PassThrough()]
      const io = createCommandIo({ env: { BROWSER: 'true' }, stdin, stdout, stderr })
      const signIn = { issuer: issuer(), client_id: 'waybill', scopes: 'openid' }
      const signingIn = signInWithBrowser(io, { ...signIn, token: 'id_token', audience: null })
      // Without the refusal, the command waits for the browser.
      const opened = new Promise((resolve) => stderr.once('data', resolve)).then(() => 'opened')
      await assert.rejects(Promise.race([signingIn, opened]), /is not https/)
      assert.equal(await text(stderr.end()), '')
    })
  }
})
