import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { it } from 'node:test'
import { createInterimResponses } from './interim-responses.ts'

it('tells the last of several durable offsets, also when they follow each other at once', async (t) => {
  const told: unknown[] = []
  const isToldLast = Promise.withResolvers<void>()
  const server = createServer(async (incoming, response) => {
    const interim = createInterimResponses(incoming, response, [8])
    for (const offset of [1024, 2048, 3072]) interim.tellOffset(offset)
    await isToldLast.promise
    response.end()
  }).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const headers = { 'Upload-Draft-Interop-Version': '8' }
  const sent = request({ host: '127.0.0.1', port, headers, agent: false })
  sent.on('information', (interim) => {
    told.push(interim.headers['upload-offset'])
    if (told.length === 2) isToldLast.resolve()
  })
  sent.end()
  await once(sent, 'response')
  assert.deepEqual(told, ['1024', '3072'])
})
