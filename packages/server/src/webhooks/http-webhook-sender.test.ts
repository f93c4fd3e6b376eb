import assert from 'node:assert/strict'
import dns from 'node:dns'
import { createServer, type Server } from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, describe, it, mock } from 'node:test'
import { createWebhookSender } from './http-webhook-sender.ts'

const { signal } = new AbortController()
const now = () => 5000

describe('a sender of webhooks', () => {
  let server: Server
  let port: number
  let requests = 0
  before(async () => {
    server = createServer((request, response) => {
      requests++
      if (request.url === '/refused') response.statusCode = 500
      response.end('secret of the network')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterEach(() => {
    mock.restoreAll()
    syncBuiltinESMExports()
    requests = 0
  })
  after(() => server.close())

  /** Lets every name lead to these addresses. */
  const resolveTo = (...addresses: string[]) => {
    mock.method(
      dns,
      'lookup',
      (_name: string, { all }: { all?: boolean }, done: (...args: unknown[]) => void) => {
        if (all)
          done(
            null,
            addresses.map((address) => ({ address, family: 4 })),
          )
        else done(null, addresses[0], 4)
      },
    )
    syncBuiltinESMExports()
  }
  const send = async (url: string, allowsPrivate: boolean) => {
    const sender = createWebhookSender({ allowsPrivate, now })
    return sender.send({ url, headers: { 'x-test': '1' }, body: '{}' }, signal).finally(sender.close)
  }

  it('sends to addresses of the network only when the operator allows it', async () => {
    const { status, answer, atMs } = await send(`http://127.0.0.1:${port}/`, true)
    assert.deepEqual({ status, answer, atMs }, { status: 200, answer: 'secret of the network', atMs: 5000 })
    const refused = await send(`http://127.0.0.1:${port}/`, false)
    assert.deepEqual({ status: refused.status, answer: refused.answer }, { status: null, answer: '' })
    assert.equal(requests, 1)
  })

  it('does not connect to a name that leads into the network', async () => {
    resolveTo('127.0.0.1')
    const { status, error } = await send(`https://rebound.example:${port}/`, false)
    assert.deepEqual(
      { status, error },
      { status: null, error: 'The host leads to an address that is not public.' },
    )
    assert.equal(requests, 0)
  })

  it('does not connect to a name that also leads into the network', async () => {
    resolveTo('192.0.43.8', '127.0.0.1')
    assert.match((await send(`https://rebound.example:${port}/`, false)).error ?? '', /not public/)
  })

  it('names the reason of a failure without an address', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port: free } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    const { error } = await send(`http://127.0.0.1:${free}/`, true)
    assert.equal(error, 'The connection was refused.')
  })

  it('counts attempts by their outcome, and not those that the end of the process interrupts', async () => {
    const outcomes: string[] = []
    const sender = createWebhookSender({
      allowsPrivate: true,
      observers: [(outcome) => outcomes.push(outcome)],
      now,
    })
    const sendTo = (url: string, ending = signal) => sender.send({ url, headers: {}, body: '{}' }, ending)
    await sendTo(`http://127.0.0.1:${port}/`)
    await sendTo(`http://127.0.0.1:${port}/refused`)
    await sendTo('http://127.0.0.1:1/')
    await sendTo(`http://127.0.0.1:${port}/`, AbortSignal.abort())
    sender.close()
    assert.deepEqual(outcomes, ['delivered', 'refused', 'failed'])
  })

  it('ends with the signal of the process', async () => {
    const sender = createWebhookSender({ allowsPrivate: true, now })
    const { error } = await sender.send(
      { url: `http://127.0.0.1:${port}/`, headers: {}, body: '{}' },
      AbortSignal.abort(),
    )
    assert.ok(error !== null)
    sender.close()
  })
})
