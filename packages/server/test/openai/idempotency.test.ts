import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { beginOnce } from '../../src/operations/idempotency/begin-once.ts'
import { json } from '../api/exchange.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { assertError, formOf, send } from './exchange.ts'

describe('an Idempotency-Key of the OpenAI API', () => {
  let server: TestApp
  before(async () => {
    server = await startApp()
  })
  after(() => server?.stop())

  const create = (key: string, body: object = { name: 'once' }, apiKey?: string) =>
    send(server, 'POST', '/vector_stores', {
      body,
      headers: { 'idempotency-key': key },
      ...(apiKey === undefined ? {} : { apiKey }),
    })
  const idOf = async (answer: ReturnType<typeof create>) => json<{ id: string }>(await answer).id

  it('makes one store of repeated requests, also of concurrent ones', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => create('a')))
    answers.push(await create('a'))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    )
    assert.equal(new Set(answers.map(({ bytes }) => bytes.toString())).size, 1)
    assert.match(String(answers[3]?.headers['content-type']), /^application\/json/)
    assert.notEqual(await idOf(create('b')), json<{ id: string }>(answers[0] ?? assert.fail()).id)
  })

  it('belongs to one request and one API key', async () => {
    const first = await idOf(create('mine'))
    assertError(await create('mine', { name: 'other' }), 400, {
      code: 'invalid_value',
      param: 'Idempotency-Key',
    })
    const { apiKey } = await server.addOrganization('org_other')
    assert.notEqual(await idOf(create('mine', undefined, apiKey)), first)
    assertError(await create('x'.repeat(256)), 400, { param: 'Idempotency-Key' })
  })

  it('can be used again after a refusal', async () => {
    assertError(await create('again', { name: 1 }), 400, { param: 'name' })
    assert.equal((await create('again')).status, 200)
  })

  it('is refused with a stream, which is not repeated', async () => {
    const body = { input: 'hi', stream: true }
    const answer = await send(server, 'POST', '/responses', { body, headers: { 'idempotency-key': 'a' } })
    assertError(answer, 400, { code: 'unsupported_parameter', param: 'Idempotency-Key' })
  })

  it('stays with a request that runs for longer than a lease', async (test) => {
    test.mock.timers.enable({ apis: ['setInterval'] })
    const caller = operatorCaller(server.organizationId)
    const request = { key: 'slow', content: 'a question' }
    let now = Date.now()
    const { database, log } = server.context
    // Each look at the time is 16 seconds later, so that the repeated request soon gives up.
    const later = { database, log, now: () => (now += 16_000) }
    const first = await beginOnce({ ...later, now: () => now }, caller, request)
    for (let minute = 0; minute < 10; minute++) {
      now += 20_000
      test.mock.timers.tick(20_000)
      // The database answers in order: the renewal is done.
      await database.idempotentRequests.forget(0, 1)
    }
    await assert.rejects(beginOnce(later, caller, request), { code: 'SERVICE_UNAVAILABLE' })
    assert.ok(first.kind === 'first')
    await first.end('an answer')
    assert.deepEqual(await beginOnce(later, caller, request), { kind: 'repeated', response: 'an answer' })
  })

  it('makes one File of a repeated upload', async () => {
    const body = formOf(
      [
        { name: 'file', value: 'hello', filename: 'a.txt' },
        { name: 'purpose', value: 'vision' },
      ],
      'xyz',
    )
    const headers = { 'content-type': 'multipart/form-data; boundary=xyz', 'idempotency-key': 'file' }
    const upload = () => send(server, 'POST', '/files', { body, headers })
    const [first, second] = [await upload(), await upload()]
    assert.equal(first.status, 200, first.bytes.toString())
    assert.deepEqual(second.bytes, first.bytes)
    const { data } = json<{ data: object[] }>(await send(server, 'GET', '/files'))
    assert.equal(data.length, 1)
  })
})
